import { expect, test } from 'vitest';
import { EMBEDDED_PLAN, maxConnections, serverSettings } from './settings.ts';

test('the server takes every part of the plan at once, and twenty more', () => {
  expect(maxConnections({ pools: 5, poolSize: 10, relays: 5, readers: 7, migrations: 4 })).toBe(119);
  expect(maxConnections({ ...EMBEDDED_PLAN, pools: EMBEDDED_PLAN.pools + 1 })).toBe(129);
});

test('a durable server keeps every setting that protects rows', () => {
  const settings = serverSettings({ port: 5432, durable: true, connections: 119 });

  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes', 'scram_iterations']) expect(settings).not.toHaveProperty(name);
});

test('a server listens on the loopback address only', () => {
  expect(serverSettings({ port: 5432, durable: true, connections: 119 })).toMatchObject({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  });
});
