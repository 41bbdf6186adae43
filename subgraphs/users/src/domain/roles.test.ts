import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scopesOf } from './roles.ts';

test('customers and sellers hold no scope, staff most, administrators all', () => {
  expect(scopesOf('CUSTOMER')).toEqual([]);
  expect(scopesOf('SELLER')).toEqual([]);
  expect(new Set(scopesOf('ADMIN'))).toEqual(new Set([...scopesOf('STAFF'), 'schema:introspect']));
});

test('no scope would break the claim, which is one text with spaces', () => {
  for (const scope of scopesOf('ADMIN')) expect(scope).toMatch(/^[a-z]+:[a-z]+(:[a-z]+)?$/);
});

test.each(['products', 'orders', 'payments', 'users', 'notifications'])('every scope that %s demands is held by some role', (name) => {
  const sdl = readFileSync(new URL(`../../../${name}/schema.graphql`, import.meta.url), 'utf8');
  const demanded = [...sdl.matchAll(/@requiresScopes\(scopes: (?<scopes>[^)]+)\)/g)].flatMap(({ groups }) =>
    (JSON.parse(groups?.['scopes'] ?? '[]') as string[][]).flat(),
  );

  expect(demanded.filter((scope) => !scopesOf('ADMIN').includes(scope))).toEqual([]);
});
