import fastify from 'fastify';
import { expect, test } from 'vitest';
import { addHealthRoutes, type Readiness } from './health.ts';
import { assertPortFree, listen } from './listen.ts';
import { StartupError } from './startup-error.ts';

test('ready follows what it is told, live asks nobody', async () => {
  await using app = fastify();
  let readiness: Readiness = { ready: true, dependencies: { log: 'down' } };
  addHealthRoutes(app, { ready: () => readiness });
  expect((await app.inject('/health/ready')).statusCode).toBe(200);
  readiness = { ready: false, dependencies: {} };
  expect((await app.inject('/health')).statusCode).toBe(503);
  expect((await app.inject('/health/live')).statusCode).toBe(200);
});

test('a question that fails is not ready, and the answer does not say why', async () => {
  await using app = fastify();
  addHealthRoutes(app, { ready: () => Promise.reject(new Error('connect ECONNREFUSED db:5432')) });
  const response = await app.inject('/health/ready');
  expect([response.statusCode, response.json()]).toEqual([503, { status: 'not ready', dependencies: {} }]);
});

test('a port that is taken is one line', async () => {
  await using first = fastify();
  await using second = fastify();
  const port = Number(new URL(await listen(first, { port: 0, host: '127.0.0.1' })).port);
  await expect(listen(second, { port, host: '127.0.0.1' })).rejects.toThrow(StartupError);
  await expect(assertPortFree({ port, host: '127.0.0.1' })).rejects.toThrow(/^port \d+ of 127\.0\.0\.1: the port is taken/);
});

test('a port that was looked at is still free', async () => {
  await using app = fastify();
  await using before = fastify();
  const port = Number(new URL(await listen(before, { port: 0, host: '127.0.0.1' })).port);
  await before.close();
  await assertPortFree({ port, host: '127.0.0.1' });
  await assertPortFree({ port: 0, host: '127.0.0.1' });
  await expect(listen(app, { port, host: '127.0.0.1' })).resolves.toContain(String(port));
});
