import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSigningKey } from '@tally/identity';
import { expect, test } from 'vitest';
import { writeSecretsFolder } from './secrets-folder.ts';

const ADDRESSES = { postgres: 'postgres:5432', redis: 'redis:6379' };

test('a folder holds what the apps read: URLs of roles, keys and their public part', async () => {
  await using folder = await aFolder();

  await writeSecretsFolder(folder.path, ADDRESSES);

  const read = (name: string) => readFile(join(folder.path, name), 'utf8');
  expect(await read('event-log-database-url')).toMatch(/^postgresql:\/\/event_log:[\w-]+@postgres:5432\/tally\n$/);
  expect(await read('orders-owner-database-url')).toMatch(/^postgresql:\/\/orders_owner:[\w-]+@postgres:5432\/tally\?schema=orders\n$/);
  expect(await read('database-url')).toBe(`postgresql://postgres:${(await read('postgres-password')).trim()}@postgres:5432/postgres\n`);
  const gateway = parseSigningKey(JSON.parse(await read('gateway-signing-key.json')));
  expect(JSON.parse(await read('gateway-jwks.json'))).toEqual({ keys: [gateway.publicJwk] });
  expect(parseSigningKey(JSON.parse(await read('users-signing-key.json'))).kid).not.toBe(gateway.kid);
});

test('nobody else enters the folder, and a container may read each file in it', async () => {
  await using folder = await aFolder();
  await mkdir(folder.path, { mode: 0o755 });

  await writeSecretsFolder(folder.path, ADDRESSES);

  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder.path, 'users-pepper'))).mode & 0o777).toBe(0o644);
  expect((await stat(join(folder.path, 'secrets.json'))).mode & 0o777).toBe(0o600);
});

test('a file that exists is kept, one that is missing is made again with what it had', async () => {
  await using folder = await aFolder();
  await writeSecretsFolder(folder.path, ADDRESSES);
  const before = await readFile(join(folder.path, 'redis-url'), 'utf8');
  await writeFile(join(folder.path, 'users-pepper'), 'a pepper of our own\n');
  await rm(join(folder.path, 'redis-url'));

  const files = await writeSecretsFolder(folder.path, ADDRESSES);

  expect(files.filter(({ made }) => made)).toEqual([{ name: 'redis-url', made: true }]);
  expect(await readFile(join(folder.path, 'redis-url'), 'utf8')).toBe(before);
  expect(await readFile(join(folder.path, 'users-pepper'), 'utf8')).toBe('a pepper of our own\n');
});

test('two calls at once agree', async () => {
  await using folder = await aFolder();

  const both = await Promise.all([writeSecretsFolder(folder.path, ADDRESSES), writeSecretsFolder(folder.path, ADDRESSES)]);

  expect(both.flat().filter(({ made }) => made).length).toBe(both[0].length);
});

test('a folder with other files is refused and left alone', async () => {
  await using folder = await aFolder();
  await mkdir(folder.path);
  await writeFile(join(folder.path, 'notes.txt'), 'mine');

  await expect(writeSecretsFolder(folder.path, ADDRESSES)).rejects.toThrow(/holds other files than secrets: name an empty or a new folder/);

  expect(await readdir(folder.path)).toEqual(['notes.txt']);
});

async function aFolder() {
  const parent = await mkdtemp(join(tmpdir(), 'tally-secrets-folder-'));
  return { path: join(parent, 'secrets'), [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}
