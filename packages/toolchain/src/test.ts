// npm test [-- <part of a file name>… | vitest's own flags]
// Every tier but `crash`, or the projects that are named, with the real parts that this machine has (packages/infra).
// Coverage and its thresholds belong to the whole: a run of some files has none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inRoot, root } from './repository.ts';

const args = process.argv.slice(2);
const projects = args.flatMap((arg, at) =>
  arg === '--project' ? (args[at + 1] ?? []) : arg.startsWith('--project=') ? arg.slice(10) : [],
);
const someFilesOnly = projects.length > 0 || args.some((arg) => !arg.startsWith('-'));
const tiers = projects.length > 0 ? [] : ['unit', 'int', 'e2e'].flatMap((tier) => ['--project', tier]);
const coverage = someFilesOnly ? [] : ['--coverage'];
const vitest = [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...tiers, ...coverage, ...args];

const needsServers = projects.length === 0 || projects.some((project) => project !== 'unit');
const infra = ['--disable-warning=TimeoutNegativeWarning', inRoot('packages', 'infra', 'src', 'main.ts'), 'run', '--available'];
const command = needsServers ? [...infra, process.execPath, ...vitest] : vitest;

const run = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Ctrl-C reaches everybody in the terminal's group by itself.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) run.kill(signal);
  });
}
const [code] = (await once(run, 'exit')) as [number | null];
process.exitCode = code ?? 1;
