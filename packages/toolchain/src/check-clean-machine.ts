// npm run check:clean-machine
// What CI does with a change, on a machine that knows nothing yet: clone HEAD, then `.ci/run` with an empty HOME and empty caches.
// Fails when a step or a test fails, when a suite was skipped, and when it takes too long.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from './clean-environment.ts';
import { root } from './repository.ts';

const MINUTES = 25;

await using stack = new AsyncDisposableStack();
const scratch = await mkdtemp(join(tmpdir(), 'tally-clean-'));
stack.defer(() => rm(scratch, { recursive: true, force: true }));
const [checkout, home] = [join(scratch, 'tally'), join(scratch, 'home')];
await mkdir(home);

const begun = performance.now();
const cloned = await run('git', ['clone', '--quiet', '--no-local', root, checkout], scratch);
const { code, last, skipped } = cloned.code === 0 ? await run('bash', ['.ci/run'], checkout) : cloned;
const minutes = (performance.now() - begun) / 60_000;

const problems = [
  ...(code === 0 ? [] : [`.ci/run ended with ${String(code)}: ${last}`]),
  ...(code !== 0 || /^[1-9]\d* passed, 0 failed$/.test(last) ? [] : [`.ci/run ends with "${last}", not with its counts`]),
  ...(code !== 0 || skipped === '0' ? [] : [`${skipped ?? 'an unknown number of'} tests were skipped`]),
  ...(minutes < MINUTES ? [] : [`it took ${minutes.toFixed(1)} minutes, ${String(MINUTES)} are too many`]),
];
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`a clean machine says: ${last}, nothing skipped, in ${minutes.toFixed(1)} minutes`);
process.exitCode = problems.length > 0 ? 1 : 0;

interface Run {
  readonly code: number | null;
  readonly last: string;
  /** As the line `skipped: N` says. */
  readonly skipped: string | null;
}

async function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
  const child = spawn(command, args, {
    cwd,
    env: cleanEnvironment({ HOME: home, XDG_CACHE_HOME: join(home, 'cache'), npm_config_cache: join(home, 'npm-cache') }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    printed = `${printed}${text}`.slice(-100_000);
  });
  const [ended] = (await once(child, 'close')) as [number | null];
  const lines = printed.trimEnd().split('\n');
  return { code: ended, last: lines.at(-1) ?? '', skipped: /^skipped: (\d+)$/m.exec(printed)?.[1] ?? null };
}
