import type { DependencyState } from '@tally/runtime';
import { expect, test } from 'vitest';
import { startWorkerHealth } from './worker-health.ts';

const anyPort = { port: 0, host: '127.0.0.1' };
const answers = { database: (): Promise<DependencyState> => Promise.resolve('ok') };

async function aWorker(sources = answers) {
  const health = await startWorkerHealth({ roles: ['worker'], http: anyPort }, sources);
  if (health === null) throw new Error('a worker with a port listens');
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${health.url}${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  return { ...health, ask };
}

test('a worker is live as long as it listens, and ready only while it works', async () => {
  await using worker = await aWorker();
  expect(await worker.ask('/health/live')).toEqual({ status: 200, body: { status: 'live' } });
  expect(await worker.ask('/health/ready')).toMatchObject({ status: 503, body: { status: 'not ready' } });

  const working = worker.working();
  expect(await worker.ask('/health/ready')).toEqual({ status: 200, body: { status: 'ready', dependencies: { database: 'ok' } } });

  working[Symbol.dispose]();
  expect(await worker.ask('/health/live')).toMatchObject({ status: 200 });
  expect(await worker.ask('/health/ready')).toMatchObject({ status: 503 });
});

test('a worker lists its database as it is', async () => {
  await using worker = await aWorker({ database: () => Promise.resolve('down') });
  using _ = worker.working();
  expect(await worker.ask('/health/ready')).toEqual({ status: 200, body: { status: 'ready', dependencies: { database: 'down' } } });
});

test('a worker answers no graph', async () => {
  await using worker = await aWorker();
  const refused = { status: 404, body: { errors: [{ extensions: { code: 'NOT_FOUND' } }] } };
  expect(await worker.ask('/graphql', { method: 'POST', body: '{"query":"{ __typename }"}' })).toMatchObject(refused);
  expect(await worker.ask('/.well-known/jwks.json')).toMatchObject(refused);
});

test.each([
  ['answers requests itself', { roles: ['api', 'worker'], http: anyPort }],
  ['only answers requests', { roles: ['api'], http: anyPort }],
  ['has no port', { roles: ['worker'], http: null }],
] as const)('a process that %s has no second place for its health', async (_, config) => {
  expect(await startWorkerHealth(config, answers)).toBeNull();
});

test('a port that is taken ends the start', async () => {
  await using first = await aWorker();
  const taken = { roles: ['worker'], http: { port: Number(new URL(first.url).port), host: '127.0.0.1' } } as const;
  await expect(startWorkerHealth(taken, answers)).rejects.toThrow(/the port is taken/);
});
