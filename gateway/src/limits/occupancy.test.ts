import type { Caller } from '@tally/identity';
import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { createOccupancy, type Occupancy } from './occupancy.ts';
import { limitsOf, type StreamLimits } from './profile.ts';

const anonymous: Caller = { kind: 'anonymous' };

function withLimits(limits: Partial<StreamLimits>): { readonly occupancy: Occupancy; readonly pass: (ms: number) => void } {
  let at = 5_000;
  const occupancy = createOccupancy({ ...limitsOf.load.streams, ...limits }, () => at);
  return { occupancy, pass: (ms) => void (at += ms) };
}

test('an address connects as often as it may in a minute, then at that pace', () => {
  const { occupancy, pass } = withLimits({ connectsPerMinute: 3 });

  const answers = [1, 2, 3, 4].map(() => occupancy.enter('192.0.2.1'));
  const other = occupancy.enter('192.0.2.2');
  pass(20_000);
  const later = [occupancy.enter('192.0.2.1'), occupancy.enter('192.0.2.1')];

  expect(answers.map(({ ok }) => ok)).toEqual([true, true, true, false]);
  expect(answers[3]).toEqual({ ok: false, because: 'connects', retryAfterMs: 20_000 });
  expect(other.ok).toBe(true);
  expect(later.map(({ ok }) => ok)).toEqual([true, false]);
});

test('a place that was given back is free again', () => {
  const { occupancy } = withLimits({ open: 2, openPerAddress: 1 });

  const first = occupancy.enter('192.0.2.1');
  const sameAddress = occupancy.enter('192.0.2.1');
  const second = occupancy.enter('192.0.2.2');
  const third = occupancy.enter('192.0.2.3');
  occupancy.leave('192.0.2.1', anonymous);
  const again = occupancy.enter('192.0.2.1');

  expect([first.ok, second.ok, again.ok]).toEqual([true, true, true]);
  expect(sameAddress).toMatchObject({ because: 'address' });
  expect(third).toMatchObject({ because: 'total' });
});

test('a network of IPv6 is one address', () => {
  const { occupancy } = withLimits({ openPerAddress: 1 });

  expect(occupancy.enter('2001:db8::1').ok).toBe(true);
  expect(occupancy.enter('2001:db8::2').ok).toBe(false);
});

test('who is signed in has so many places, and who is not has none to count', () => {
  const { occupancy } = withLimits({ openPerCaller: 1 });
  const user: Caller = { kind: 'user', userId: newId('usr'), sessionId: newId('ses'), scopes: [] };
  for (let i = 0; i < 4; i += 1) occupancy.enter('192.0.2.1');

  const answers = [occupancy.identify(user), occupancy.identify({ ...user, sessionId: newId('ses') })];
  const nobody = [occupancy.identify(anonymous), occupancy.identify(anonymous)];
  occupancy.leave('192.0.2.1', user);

  expect(answers).toEqual([true, false]);
  expect(nobody).toEqual([true, true]);
  expect(occupancy.identify(user)).toBe(true);
});
