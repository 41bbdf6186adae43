import { wireCodes } from '@tally/runtime';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { badInput, forbidden, notFound, sequenceAhead, unauthenticated } from './errors.ts';

test('the closed list is the one of docs/errors.md', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const listed = /\*\*The closed list of `extensions\.code`:\*\*([^.]+)\./.exec(page)?.[1] ?? '';
  expect(listed.split('·').map((code) => code.trim())).toEqual([...wireCodes]);
});

test('an error for the wire carries its code and nothing that was not given', () => {
  expect(badInput('no such page').extensions).toEqual({ code: 'BAD_USER_INPUT' });
  expect(badInput('no such page', 'first').extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'first' });
  expect([notFound(), unauthenticated(), forbidden(), sequenceAhead()].map(({ extensions }) => extensions)).toEqual([
    { code: 'NOT_FOUND' },
    { code: 'UNAUTHENTICATED' },
    { code: 'FORBIDDEN' },
    { code: 'SEQUENCE_AHEAD' },
  ]);
});
