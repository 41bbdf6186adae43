import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '@tally/runtime';
import { expect, test } from 'vitest';
import { ROLES } from './roles.ts';
import { openSecrets } from './secrets.ts';

test('secrets are made once and are the same at the next start', async () => {
  await using folder = await aFolder();

  const first = await openSecrets(folder.path);
  const second = await openSecrets(folder.path);

  expect(second.passwords).toEqual(first.passwords);
  expect(second.derive('webhook')).toBe(first.derive('webhook'));
});

test('every role and every purpose has a secret of its own, no two systems share one', async () => {
  await using one = await aFolder();
  await using other = await aFolder();
  const [ours, theirs] = await Promise.all([openSecrets(one.path), openSecrets(other.path)]);

  const all = [ours, theirs].flatMap(({ passwords, derive }) => [
    ...ROLES.map((role) => passwords[role]),
    derive('webhook'),
    derive('pepper'),
  ]);

  expect(new Set(all).size).toBe(2 * (ROLES.length + 2));
  expect(all.every((secret) => secret.length === 43)).toBe(true);
});

test('parallel first starts agree on one set', async () => {
  await using folder = await aFolder();

  const opened = await Promise.all(Array.from({ length: 5 }, () => openSecrets(folder.path)));

  expect(new Set(opened.map(({ passwords }) => passwords.orders)).size).toBe(1);
});

test('secrets and keys are closed to other users of the machine', async () => {
  await using folder = await aFolder();

  const { keysDir } = await openSecrets(folder.path);

  expect((await stat(join(folder.path, 'secrets.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(keysDir)).mode & 0o777).toBe(0o700);
});

test('a damaged file is refused in one line and left as it is', async () => {
  await using folder = await aFolder();
  await openSecrets(folder.path);
  const file = join(folder.path, 'secrets.json');
  await writeFile(file, '{"root":"short"}');

  const refusal = await openSecrets(folder.path).catch((error: unknown) => error);

  expect(refusal).toBeInstanceOf(StartupError);
  expect((refusal as Error).message).toMatch(/secrets\.json cannot be read \(the file is not complete\): restore that file/);
  expect(await readFile(file, 'utf8')).toBe('{"root":"short"}');
});

async function aFolder() {
  const path = await mkdtemp(join(tmpdir(), 'tally-secrets-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
