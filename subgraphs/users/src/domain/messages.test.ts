import { decode, lockedSequence } from '@tally/events';
import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import type { Account } from './account.ts';
import { sessionRevoked, signedIn, userChanged } from './messages.ts';

const ada: Account = {
  id: newId('usr'),
  email: 'ada@example.com',
  displayName: null,
  role: 'ADMIN',
  locale: 'en',
  version: 3,
  createdAt: new Date(),
};
const session = newId('ses');

test.each([
  ['UserChanged', userChanged(ada, lockedSequence(3))],
  ['SignedIn', signedIn(ada.id, session, lockedSequence(1))],
  ['SessionRevoked', sessionRevoked(ada.id, session, 'REUSE', lockedSequence(2))],
])('%s is one that its readers understand, keyed by the user', (type, event) => {
  expect(event).toMatchObject({ type, key: ada.id });
  expect(decode(event.topic, event.type, JSON.stringify(event.data))).toEqual(event.data);
});

test('neither role nor hash travels', () => {
  expect(JSON.stringify(userChanged(ada, lockedSequence(3)))).not.toMatch(/ADMIN|hash/i);
});
