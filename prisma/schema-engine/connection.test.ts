import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConnection, toPoolConfig } from './connection.ts';

const url = 'postgresql://orders_owner:p%40ss@db:6432/tally?schema=orders';

test('a URL becomes discrete fields, and the schema the search path', () => {
  const connection = parseConnection(url);
  expect(connection).toEqual({
    host: 'db',
    port: 6432,
    database: 'tally',
    user: 'orders_owner',
    password: 'p@ss',
    ssl: false,
    schema: 'orders',
  });
  expect(toPoolConfig(connection)).toMatchObject({ host: 'db', ssl: false, options: '-c search_path=orders' });
});

test('a server that is to be reached by TLS is, and shows its certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tally-connection-'));
  const certificate = join(folder, 'ca.crt');
  writeFileSync(certificate, 'a certificate');

  expect(parseConnection(`${url}&sslmode=verify-full&sslrootcert=${certificate}`).ssl).toEqual({
    rejectUnauthorized: true,
    ca: 'a certificate',
  });
  expect(parseConnection(`${url}&sslmode=require`).ssl).toEqual({ rejectUnauthorized: true });
  expect(parseConnection(`${url}&sslmode=no-verify`).ssl).toEqual({ rejectUnauthorized: false });
  expect(parseConnection(`${url}&sslmode=disable`).ssl).toBe(false);
  rmSync(folder, { recursive: true });
});
