// npm run check:start
// What a newcomer does, on a machine that knows nothing yet: clone HEAD, npm ci, npm start, buy something, stop, start again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from './clean-environment.ts';
import { freePorts, npmStart, type StartedSystem } from './npm-start.ts';
import { root } from './repository.ts';

const FIRST_START_WITHIN_MS = 180_000;
const SECOND_START_WITHIN_MS = 8_000;

await using stack = new AsyncDisposableStack();
const scratch = await mkdtemp(join(tmpdir(), 'tally-start-'));
stack.defer(() => rm(scratch, { recursive: true, force: true }));
await chmod(scratch, 0o755); // PostgreSQL runs as another user when this runs as root
const home = join(scratch, 'home');
await mkdir(home);

const checkout = join(scratch, 'tally');
const newcomer = { HOME: home, npm_config_cache: join(home, 'npm-cache'), npm_config_update_notifier: 'false' };
const ports = await freePorts();

try {
  await timed('git clone', () => run('git', ['clone', '--quiet', '--no-local', root, checkout], scratch));
  await timed('npm ci', () => run('npm', ['ci', '--loglevel=error'], checkout));

  const first = await start('first npm start', FIRST_START_WITHIN_MS);
  await timed('npm run smoke', () =>
    run('npm', ['run', '--silent', 'smoke'], checkout, { GATEWAY_URL: first.graphUrl, SIMULATOR_URL: first.simulatorUrl }),
  );
  await timed('stop', () => stop(first));

  const second = await start('second npm start', FIRST_START_WITHIN_MS);
  await timed('graph answers', () => answers(second.graphUrl));
  await timed('stop', () => stop(second));
  if (second.readyAfterMs >= SECOND_START_WITHIN_MS) {
    throw new Error(`the second start took ${seconds(second.readyAfterMs)}; ${seconds(SECOND_START_WITHIN_MS)} is too long`);
  }
  console.log('a newcomer gets to an order');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function start(name: string, withinMs: number): Promise<StartedSystem> {
  const system = await timed(name, () => npmStart(checkout, newcomer, ports, withinMs));
  stack.defer(async () => {
    await system.stop(); // a failed check leaves no server behind
  });
  return system;
}

async function stop(system: StartedSystem): Promise<void> {
  const code = await system.stop();
  if (code !== 0) throw new Error(`npm start ended with ${String(code)} after SIGTERM\n${system.printed()}`);
}

async function answers(graphUrl: string): Promise<void> {
  const response = await fetch(graphUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ products(first: 1) { edges { node { title } } } }' }),
  });
  const text = await response.text();
  if (!response.ok || !text.includes('"title"')) throw new Error(`the graph answered ${String(response.status)} ${text}`);
}

async function run(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const child = spawn(command, args, { cwd, env: cleanEnvironment({ ...newcomer, ...env }), stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}`);
}

async function timed<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const begun = performance.now();
  try {
    return await work();
  } finally {
    console.log(`${name.padEnd(18)} ${seconds(performance.now() - begun)}`);
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
