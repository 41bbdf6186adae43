import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eraseEmbeddedPostgres } from '@tally/embedded';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { openWorld } from '../src/client/world.ts';
import { buyAndReceive } from '../src/scenarios/buy-and-receive.ts';
import { soldOut } from '../src/scenarios/sold-out.ts';
import { runMain, type AppProcess } from '../src/topologies/app-process.ts';
import { printOnFailure } from './print-on-failure.ts';

async function aDataFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tally-distributed-'));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await eraseEmbeddedPostgres(path);
      await rm(path, { recursive: true, force: true });
    },
  };
}

const startOn = (folder: string): AppProcess =>
  runMain('start:distributed', 'packages/distributed/src/main.ts', { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'warn' });

/** What it prints once all are up. */
async function readyTextOf(system: AppProcess): Promise<string> {
  let ended = false;
  void system.ended.then(() => (ended = true));
  const isReady = (): boolean => /^ready [^]*stop with Ctrl-C/m.test(system.output());
  await eventually(() => ended || isReady(), { timeoutMs: 200_000 });
  if (!isReady()) throw new Error(`it ended on its way\n${system.output()}`);
  return system.output().slice(system.output().search(/^ready /m));
}

test('from an empty folder to processes that sell, and back to nothing', { timeout: 300_000 }, async () => {
  await using folder = await aDataFolder();
  await using stack = new AsyncDisposableStack();
  const system = startOn(folder.path);
  stack.defer(() => system.kill());
  printOnFailure(system.output);
  const text = await readyTextOf(system);
  const [, gateway = ''] = /^ready {2}(\S+)\/graphql/.exec(text) ?? [];
  const [, simulator = ''] = /payment-simulator +(\S+)/.exec(text) ?? [];

  await using world = openWorld({ gateway, simulator });
  for (const { run } of [buyAndReceive, soldOut]) await run(world);

  const pids = [...text.matchAll(/ pid (\d+)/g)].map(([, pid]) => Number(pid));
  expect(pids).toHaveLength(7);
  for (const line of [
    `supervisor        | no DATABASE_URL: PostgreSQL is embedded, in ${folder.path}`,
    'supervisor        | no KAFKA_BROKERS: the event log is PostgreSQL',
    'supervisor        | no REDIS_URL: each process keeps hot reads for itself',
    'supervisor        | no SMTP_URL: mails are kept, and read through the graph',
  ]) {
    expect(system.output().split('\n')).toContain(line);
  }

  const second = await startOn(folder.path).ended;
  expect(second).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^tally cannot start: .* is in use by another running process/) as string,
  });

  const { code, stdout, stderr } = await system.stop();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const stopped = [...stdout.matchAll(/^supervisor +\| (\S+) stopped \(/gm)].map(([, name]) => name);
  expect(stopped).toEqual(['gateway', 'notifications', 'orders', 'payments', 'products', 'users', 'payment-simulator']);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
});
