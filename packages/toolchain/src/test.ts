// npm test [-- <part of a file name>… | vitest's own flags]
// Every tier but `crash`. Coverage and its thresholds belong to the whole: a run of some files has none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inRoot, root } from './repository.ts';

const args = process.argv.slice(2);
const someFilesOnly = args.some((arg) => !arg.startsWith('-'));
const tiers = ['unit', 'int', 'e2e'].flatMap((tier) => ['--project', tier]);
const coverage = someFilesOnly ? [] : ['--coverage'];

const vitest = spawn(process.execPath, [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...tiers, ...coverage, ...args], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal));
const [code] = (await once(vitest, 'exit')) as [number | null];
process.exitCode = code ?? 1;
