import type { Caller } from '@tally/identity';
import { newId } from '@tally/kernel';
import { createLogger } from '@tally/runtime';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createEndedSessions } from './ended-sessions.ts';
import { createPresences, type Authenticated, type PresenceEnd } from './presences.ts';

const aUser = (userId = newId('usr')): Caller & { kind: 'user' } => ({ kind: 'user', userId, sessionId: newId('ses'), scopes: [] });
const anonymous: Authenticated = { caller: { kind: 'anonymous' }, expiresAt: null };

/** Presences on a clock of the test's, which a timer looks at every few milliseconds. */
function aHouse() {
  const now = { at: new Date('2026-05-01T12:00:00Z').getTime() };
  const clock = () => new Date(now.at);
  const lines: string[] = [];
  const logger = createLogger({ service: 'gateway', write: (line) => lines.push(line) });
  const sessions = createEndedSessions({ keptMs: 900_000, logger, clock });
  const presences = createPresences({ revocations: sessions, logger, clock, sweepMs: 2 });
  const ends: string[] = [];
  return {
    sessions,
    presences,
    ends,
    lines,
    advance: (ms: number) => void (now.at += ms),
    until: (caller: Caller, seconds: number): Authenticated => ({ caller, expiresAt: new Date(now.at + seconds * 1_000) }),
    noting: (name: string) => (reason: PresenceEnd) => void ends.push(`${name} ${reason}`),
    [Symbol.dispose]: () => presences[Symbol.dispose](),
  };
}

test('a caller who stays is told once when the token has run out, and not before', async () => {
  using house = aHouse();
  house.presences.enter(house.until(aUser(), 600), house.noting('ada'));
  house.presences.enter(house.until(aUser(), 601), house.noting('bob'));
  house.presences.enter(anonymous, house.noting('nobody'));

  house.advance(599_999);
  house.presences.enter(house.until(aUser(), 0.001), house.noting('cleo')); // its second is the next sweep's
  house.advance(1);
  await eventually(() => house.ends.length === 2);
  expect(house.ends.toSorted()).toEqual(['ada token_expired', 'cleo token_expired']);

  house.advance(3_600_000);
  await eventually(() => house.ends.length === 3);
  expect(house.ends[2]).toBe('bob token_expired');
});

test('by the clock of the system a token ends at its second', async () => {
  const logger = createLogger({ service: 'gateway', write: () => undefined });
  using presences = createPresences({ revocations: createEndedSessions({ keptMs: 900_000, logger }), logger });
  const expiresAt = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 1_000);
  const ended = Promise.withResolvers<number>();

  presences.enter({ caller: aUser(), expiresAt }, () => {
    ended.resolve(Date.now());
  });

  const lateMs = (await ended.promise) - expiresAt.getTime();
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(lateMs).toBeLessThan(500);
});

test('whoever is over already is told at once, from within, and cannot stay on', () => {
  using house = aHouse();
  const ada = aUser();
  house.sessions.end(ada.sessionId);

  const late = house.presences.enter(house.until(aUser(), 0), house.noting('late'));
  const revoked = house.presences.enter(house.until(ada, 600), house.noting('ada'));

  expect(house.ends).toEqual(['late token_expired', 'ada revoked']);
  expect(late.renew(house.until(late.caller, 600))).toBe(false);
  expect(revoked.renew(house.until(aUser(ada.userId), 600))).toBe(false);
});

test('the end of a session ends all who stay by it, once, and nobody else', () => {
  using house = aHouse();
  const ada = aUser();
  const elsewhere = aUser(ada.userId);
  house.presences.enter(house.until(ada, 600), house.noting('one'));
  house.presences.enter(house.until(ada, 600), house.noting('two'));
  house.presences.enter(house.until(elsewhere, 600), house.noting('elsewhere'));
  house.presences.enter(house.until({ kind: 'service', serviceId: newId('svc'), scopes: [] }, 600), house.noting('service'));

  house.sessions.end(ada.sessionId);
  house.sessions.end(ada.sessionId);

  expect(house.ends).toEqual(['one revoked', 'two revoked']);
});

test('who has left is not told anything', async () => {
  using house = aHouse();
  const ada = aUser();
  const gone = house.presences.enter(house.until(ada, 600), house.noting('gone'));
  gone.leave();
  gone.leave();
  house.presences.enter(house.until(aUser(), 600), house.noting('witness'));

  house.sessions.end(ada.sessionId);
  house.advance(600_000);
  await eventually(() => house.ends.length > 0);

  expect(house.ends).toEqual(['witness token_expired']);
  expect(gone.renew(house.until(aUser(ada.userId), 600))).toBe(false);
});

test('a fresh token of the same user keeps a caller, with its scopes, for as long as it lives', async () => {
  using house = aHouse();
  const ada = aUser();
  const presence = house.presences.enter(house.until(ada, 600), house.noting('ada'));
  house.presences.enter(house.until(aUser(), 600), house.noting('witness'));

  house.advance(590_000);
  expect(presence.renew(house.until({ ...ada, scopes: ['library:owner'] }, 900))).toBe(true);
  expect(presence.caller).toMatchObject({ scopes: ['library:owner'] });
  house.advance(10_000);
  await eventually(() => house.ends.length > 0);
  expect(house.ends).toEqual(['witness token_expired']);

  house.advance(890_000);
  await eventually(() => house.ends.length > 1);
  expect(house.ends[1]).toBe('ada token_expired');
});

test('a fresh token may be of another session of the user, and from then on it is that one which counts', () => {
  using house = aHouse();
  const [first, second] = [aUser(), aUser()];
  const ada = { ...second, userId: first.userId };
  const presence = house.presences.enter(house.until(first, 600), house.noting('ada'));

  expect(presence.renew(house.until(ada, 600))).toBe(true);
  house.sessions.end(first.sessionId);
  expect(house.ends).toEqual([]);
  house.sessions.end(ada.sessionId);
  expect(house.ends).toEqual(['ada revoked']);
});

test('no token of somebody else, of an ended session, or run out keeps a caller, and nothing changes', async () => {
  using house = aHouse();
  const ada = aUser();
  const ended = aUser(ada.userId);
  house.sessions.end(ended.sessionId);
  const presence = house.presences.enter(house.until(ada, 600), house.noting('ada'));
  const service: Caller = { kind: 'service', serviceId: newId('svc'), scopes: [] };

  const refused = [house.until(aUser(), 900), house.until(service, 900), anonymous, house.until(ended, 900), house.until(ada, 0)];

  expect(refused.map((fresh) => presence.renew(fresh))).toEqual([false, false, false, false, false]);
  expect(presence.caller).toEqual(ada);
  house.advance(600_000);
  await eventually(() => house.ends.length > 0);
  expect(house.ends).toEqual(['ada token_expired']);
});

test('one who fails while being told keeps nobody from being told, and one who is told may let others leave', async () => {
  using house = aHouse();
  const ada = aUser();
  house.presences.enter(house.until(ada, 600), () => {
    throw new Error('a bug');
  });
  house.presences.enter(house.until(ada, 600), (reason) => {
    house.noting('first')(reason);
    companion.leave();
  });
  const companion = house.presences.enter(house.until(ada, 600), house.noting('companion'));
  house.presences.enter(house.until(ada, 600), house.noting('last'));

  house.advance(600_000);
  await eventually(() => house.ends.length === 2);

  expect(house.ends).toEqual(['first token_expired', 'last token_expired']);
  expect(house.lines).toHaveLength(1);
});
