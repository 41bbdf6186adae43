import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { hasScope, requireScope, requireUser, type Viewer } from './viewer.ts';

const anonymous: Viewer = { kind: 'anonymous' };
const user: Viewer = { kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes: ['stock:read'] };
const service: Viewer = { kind: 'service', serviceId: newId('svc'), scopes: ['stock:write'] };

const codeOf = (work: () => unknown): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    return (error as { extensions?: { code?: unknown } }).extensions?.code;
  }
};

test('only a person is a user', () => {
  expect(requireUser(user)).toBe(user);
  expect([anonymous, service].map((viewer) => codeOf(() => requireUser(viewer)))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
});

test('a scope is held by whom it was given to, to the letter', () => {
  expect([anonymous, user, service].map((viewer) => hasScope(viewer, 'stock:read'))).toEqual([false, true, false]);
  expect(hasScope(user, 'stock:rea')).toBe(false);
});

test('without the scope somebody is forbidden, nobody is asked to sign in', () => {
  expect([anonymous, user, service].map((viewer) => codeOf(() => requireScope(viewer, 'stock:read')))).toEqual([
    'UNAUTHENTICATED',
    null,
    'FORBIDDEN',
  ]);
});
