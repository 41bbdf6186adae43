import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, type CursorPart } from './cursor.ts';

const part: fc.Arbitrary<CursorPart> = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
);

test('a cursor gives back what it was made of', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      expect(decodeCursor(encodeCursor(parts))).toEqual(parts);
    }),
  );
});

test('a cursor fits into a URL', () => {
  expect(encodeCursor(['~~~???>>>', 'ÿ'])).toMatch(/^[A-Za-z0-9_-]+$/);
});

const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

test.each([
  ['nothing', ''],
  ['words', 'not a cursor'],
  ['an object', encoded('{"id":1}')],
  ['a nested list', encoded('[["a"]]')],
  ['a truth', encoded('[true]')],
  ['half a list', encoded('["a"')],
  ['a number that is infinite', encoded('[1e999]')],
  ['a text that PostgreSQL cannot hold', encoded('["a\\u0000"]')],
  ['half a character', encoded('["\\ud800"]')],
  ['another spelling of JSON', encoded('[ "a" ]')],
  ['a cursor with a tail', `${encodeCursor(['a'])}!`],
  ['a cursor in plain base64', Buffer.from('["??>>"]', 'utf8').toString('base64')],
  ['more than 4,096 characters', encodeCursor(['x'.repeat(4_096)])],
])('%s is no cursor', (_, text) => {
  expect(decodeCursor(text)).toBeNull();
});
