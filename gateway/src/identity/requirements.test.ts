import { Supergraph } from '@apollo/federation-internals';
import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { compose } from '../../test/library-schema.ts';
import { buildGeneration } from '../supergraph/generation.ts';
import { supportedFeatures } from '../supergraph/supported-features.ts';
import { meets, readRequirements } from './requirements.ts';

const read = (sdl: string) =>
  readRequirements(Supergraph.build(compose({ one: sdl }), { supportedFeatures: new Set(supportedFeatures) }).schema);

test('requirements are found on fields, types, interfaces, scalars and enums', () => {
  const table = read(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes"])
    type Query { open: Int closed: Int @authenticated both: Int @authenticated @requiresScopes(scopes: [["a", "b"], ["c"]]) t: T i: I s: S e: E }
    type T @authenticated { x: Int }
    interface I { x: Int }
    type J implements I @requiresScopes(scopes: [["i"]]) { x: Int }
    scalar S @authenticated
    enum E @authenticated { A }
  `);

  expect(table.get('Query.open')).toBeUndefined();
  expect(table.get('Query.closed')).toEqual([{ scopes: [] }]);
  expect(table.get('Query.both')).toEqual(expect.arrayContaining([{ scopes: [] }, { scopes: [['a', 'b'], ['c']] }]));
  expect(table.get('T')).toEqual([{ scopes: [] }]);
  expect(table.get('J')).toEqual([{ scopes: [['i']] }]);
  expect(table.get('I')).toEqual([{ scopes: [['i']] }]); // by composition
  expect([table.get('S'), table.get('E')]).toEqual([[{ scopes: [] }], [{ scopes: [] }]]);
});

test('a directive that was renamed when it was linked is the same directive', () => {
  const table = read(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", { name: "@authenticated", as: "@signedIn" }, { name: "@requiresScopes", as: "@needs" }])
    type Query { a: Int @signedIn b: Int @needs(scopes: [["x"]]) }
  `);

  expect([table.get('Query.a'), table.get('Query.b')]).toEqual([[{ scopes: [] }], [{ scopes: [['x']] }]]);
});

test('a security feature that nobody here enforces does not load', () => {
  const sdl = compose({
    one: 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@policy"]) type Query { a: Int @policy(policies: [["p"]]) }',
  });

  expect(() => buildGeneration(sdl)).toThrow(/policy.* is for: SECURITY but is unsupported/);
});

test('scopes are alternatives, each of them whole; nobody anonymous meets anything', () => {
  const requirement = { scopes: [['a', 'b'], ['c']] };
  const having = (...scopes: readonly string[]) => ({ kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes }) as const;

  expect([having('a'), having('b', 'a'), having('c'), having('d'), having()].map((caller) => meets(requirement, caller))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
  expect(meets({ scopes: [] }, having())).toBe(true);
  expect(meets({ scopes: [] }, { kind: 'service', serviceId: newId('svc'), scopes: [] })).toBe(true);
  expect(meets({ scopes: [] }, { kind: 'anonymous' })).toBe(false);
});
