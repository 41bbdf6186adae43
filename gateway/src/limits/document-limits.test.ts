import { getIntrospectionQuery, parse } from 'graphql';
import { expect, test } from 'vitest';
import { brokenLimit, introspects, type DocumentLimit } from './document-limits.ts';
import { limitsOf } from './profile.ts';

const broken = (text: string): DocumentLimit | null => brokenLimit(parse(text), limitsOf.default);
const nest = (levels: number, leaf = 'z'): string => `${'a { '.repeat(levels - 1)}${leaf}${' }'.repeat(levels - 1)}`;
const many = (count: number, part: (index: number) => string): string => Array.from({ length: count }, (_, index) => part(index)).join(' ');

test.each<[string, string, DocumentLimit | null]>([
  ['12 levels', `{ ${nest(12)} }`, null],
  ['13 levels', `{ ${nest(13)} }`, 'depth'],
  ['levels added up through a fragment', `{ a { a { ...F } } } fragment F on T { ${nest(11)} }`, 'depth'],
  ['the deeper of two operations', `query A { z } query B { ${nest(13)} }`, 'depth'],
  ['levels of an inline fragment, which are none', `{ ${'... { '.repeat(30)} z ${'} '.repeat(30)} }`, null],
  ['15 aliases', `{ a { ${many(15, (n) => `x${String(n)}: z`)} } }`, null],
  ['16 aliases', `{ a { ${many(16, (n) => `x${String(n)}: z`)} } }`, 'aliases'],
  ['16 aliases over two levels', `{ ${many(8, (n) => `x${String(n)}: a { y: z }`)} }`, 'aliases'],
  ['20 root fields', `{ ${'z '.repeat(20)} }`, null],
  ['21 root fields', `{ ${'z '.repeat(21)} }`, 'rootFields'],
  ['21 root fields by a fragment', `{ ...F ...F ...F } fragment F on Query { z y x w v u t }`, 'rootFields'],
  ['20 directives', `{ a { ${many(20, () => 'z @d')} } }`, null],
  [
    'directives of operation, variables and spreads together',
    `query ($v: Int ${'@d '.repeat(10)}) ${'@d '.repeat(5)} { ...F ${'@d '.repeat(6)} } fragment F on Query { z }`,
    'directives',
  ],
  ['50 repeats', `{ a { ${'z '.repeat(50)} } }`, null],
  ['51 repeats', `{ a { ${'z '.repeat(51)} } }`, 'repeats'],
  ['51 repeats spread over repeated parents', `{ ${'a { z z z } '.repeat(17)} }`, 'repeats'],
  ['the same name in other places', `{ ${many(15, (n) => `x${String(n)}: a { ${'z '.repeat(40)} }`)} }`, null],
  [
    '10,001 selections by fragments',
    `{ ...A } ${many(14, (n) => `fragment F${String(n)} on T { b { ...F${String(n + 1)} } c { ...F${String(n + 1)} } d { ...F${String(n + 1)} } }`)} fragment F14 on T { z } fragment A on T { ...F8 e { ...F6 } f { ...F7 } }`,
    'selections',
  ],
  ['a fragment that spreads itself, which validation refuses', '{ ...F } fragment F on T { z ...F }', null],
  ['a fragment nobody defined, which validation refuses', '{ ...F }', null],
  ['a reserved alias', '{ __proto__: z }', 'names'],
  ['a reserved variable', 'query ($__proto__: Int) { z }', 'names'],
  ['names that are only unusual', 'query ($constructor: Int) { prototype: z hasOwnProperty }', null],
])('%s: %s', (_, text, limit) => {
  expect(broken(text)).toBe(limit);
});

test('the standard introspection query fits its own limit, and only that', () => {
  expect(broken(getIntrospectionQuery())).toBeNull();
  expect(broken(`{ __schema { ${nest(20)} } }`)).toBe('depth');
  expect(broken(`{ a { __schema { ${nest(11)} } } }`)).toBe('depth');
});

test('with limits off nothing is measured', () => {
  expect(brokenLimit(parse(`{ ${nest(100)} }`), limitsOf.off)).toBeNull();
});

test('a bomb costs no more than its first ten thousand selections', () => {
  const bomb = `{ ...F0 } ${many(40, (n) => `fragment F${String(n)} on T { ...F${String(n + 1)} ...F${String(n + 1)} }`)} fragment F40 on T { z }`;

  const startedAt = performance.now();
  expect(broken(bomb)).toBe('selections');
  expect(performance.now() - startedAt).toBeLessThan(100);
});

test.each([
  ['{ __schema { x } }', true],
  ['{ z __type(name: "T") { x } }', true],
  ['{ ...F } fragment F on Query { q: __schema { x } }', true],
  ['query A { z } query B { ... { __schema { x } } }', true],
  ['{ __typename z }', false],
])('%s asks for the schema: %s', (text, asks) => {
  expect(introspects(parse(text))).toBe(asks);
});
