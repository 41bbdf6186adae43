import { expect, test } from 'vitest';
import { allOf, ANYBODY, implies, toText, type Requirement } from './requirement.ts';

const anyOf = (...alternatives: readonly string[]): Requirement => alternatives.map((names) => new Set(names.split(' ')));

test('whoever meets more meets less', () => {
  expect(implies(anyOf('a b'), anyOf('a'))).toBe(true);
  expect(implies(anyOf('a'), anyOf('a b'))).toBe(false);
  expect(implies(anyOf('a'), ANYBODY)).toBe(true);
  expect(implies(ANYBODY, anyOf('a'))).toBe(false);
});

test('each alternative must be enough', () => {
  expect(implies(anyOf('a', 'b'), anyOf('a', 'b', 'c'))).toBe(true);
  expect(implies(anyOf('a', 'b', 'c'), anyOf('a', 'b'))).toBe(false);
});

test('a requirement that nobody meets is met by nobody', () => {
  expect(implies(ANYBODY, [])).toBe(false);
  expect(implies([], anyOf('a'))).toBe(true);
});

test('where all must hold, alternatives multiply and lose what asks for more than another', () => {
  expect(allOf([anyOf('a', 'b'), anyOf('a')])).toEqual(anyOf('a'));
  expect(allOf([anyOf('a', 'b'), anyOf('c')])).toEqual(anyOf('a c', 'b c'));
  expect(allOf([])).toEqual(ANYBODY);
});

test('a token is said only where nothing more is asked for', () => {
  expect(toText([new Set(['signed in'])])).toBe('signed in');
  expect(toText([new Set(['signed in', 'orders:read']), new Set(['policy fraud'])])).toBe('orders:read, or policy fraud');
  expect(toText(ANYBODY)).toBe('anybody');
});
