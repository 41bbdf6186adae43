import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { judge, pauseAfter, type Delivery, type Failure } from './delivery.ts';

const patience = { firstPauseMs: 1_000, longestPauseMs: 60_000 };
const now = new Date('2026-01-02T12:00:00Z');
const delivery: Delivery = {
  id: newId('ntf'),
  fence: 1,
  attempts: 1,
  messageId: 'ntf_1@tally.invalid',
  to: 'ada@example.com',
  subject: '',
  text: '',
  html: '',
  createdAt: now,
  giveUpAt: new Date('2026-01-03T12:00:00Z'),
  claimedAt: now,
};
const unavailable: Failure = { kind: 'UNAVAILABLE', code: 'ECONNREFUSED' };

test('pauses double from a second to a minute', () => {
  expect([1, 2, 3, 6, 7, 8, 2_000].map((failures) => pauseAfter(failures, patience))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000,
  ]);
});

test('the pause is anything up to that', () => {
  const pauses = [0, 0.5, 1].map((random) => judge({ ...delivery, attempts: 3 }, unavailable, now, random, patience));
  expect(pauses).toEqual([0, 2_000, 4_000].map((pauseMs) => ({ status: 'FAILED', pauseMs, code: 'ECONNREFUSED' })));
});

test('what is refused is given up at once', () => {
  expect(judge(delivery, { kind: 'REFUSED', code: '550' }, now, 1, patience)).toEqual({ status: 'DEAD', pauseMs: 0, code: '550' });
});

test('what has been tried for long enough is given up, not a moment earlier', () => {
  const { giveUpAt } = delivery;
  expect(judge(delivery, unavailable, new Date(giveUpAt.getTime() - 1), 1, patience).status).toBe('FAILED');
  expect(judge(delivery, unavailable, giveUpAt, 1, patience).status).toBe('DEAD');
  expect(judge(delivery, { kind: 'NO_ADDRESS', code: 'NO_ADDRESS' }, giveUpAt, 1, patience).status).toBe('DEAD');
});

test('without an address there was no attempt', () => {
  const failure: Failure = { kind: 'NO_ADDRESS', code: 'NO_ADDRESS' };
  expect(judge({ ...delivery, attempts: 0, to: null }, failure, now, 0, patience)).toEqual({
    status: 'QUEUED',
    pauseMs: 60_000,
    code: 'NO_ADDRESS',
  });
  expect(judge({ ...delivery, attempts: 2, to: null }, failure, now, 0, patience).status).toBe('FAILED');
});
