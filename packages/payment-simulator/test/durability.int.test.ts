import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createSimulatorAdmin } from '../src/index.ts';
import { aSimulator } from './simulator-world.ts';

test('a charge whose caller and provider both died stands in the ledger, and its key gives the answer', async () => {
  await using world = await aSimulator();
  await using victim = await aProcess(world.databaseUrl);
  const body = JSON.stringify({ order: 'ord_1', amount: 1_000, currency: 'EUR', token: 'tok_timeout_after' });
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'a' };

  const call = fetch(`${victim.url}/authorisations`, { method: 'POST', headers, body });
  const lost = expect(call).rejects.toThrow('fetch failed');
  await eventually(async () => (await createSimulatorAdmin(victim.url).ledger()).at(0) ?? false);
  await victim.kill();
  await lost;

  expect(await world.admin().ledger()).toMatchObject([{ order: 'ord_1', key: 'a', outcome: 'succeeded' }]);
  expect(await world.authorise('tok_timeout_after', { key: 'a' })).toMatchObject({
    status: 201,
    replayed: true,
    body: { status: 'authorised' },
  });
});

test('without a database the simulator says in one line what to do and exits with 1', async () => {
  const child = start('postgresql://simulator:wrong@127.0.0.1:1/none');
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));

  const [code] = (await once(child, 'close')) as [number];

  expect(code).toBe(1);
  expect(printed).toMatch(/^payment-simulator cannot start: PostgreSQL of the payment simulator \(SIMULATOR_DATABASE_URL\): .+\n$/);
});

const start = (databaseUrl: string) =>
  spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    env: { SIMULATOR_DATABASE_URL: databaseUrl, PORT: '0', LATENCY_MS: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

async function aProcess(databaseUrl: string): Promise<AsyncDisposable & { readonly url: string; kill(): Promise<void> }> {
  const child = start(databaseUrl);
  const ended = once(child, 'close');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  for await (const line of createInterface(child.stdout)) {
    const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
    if (msg === 'ready' && url !== undefined) return { url, kill, [Symbol.asyncDispose]: kill };
  }
  throw new Error('the simulator did not start');
}
