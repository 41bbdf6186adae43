import { expect, test } from 'vitest';
import { figuresOf } from './figures.ts';
import { missingOf } from './floors.ts';
import type { Request } from '../harness/good-client.ts';
import type { PhasedPurchase } from './timeline.ts';
import { createStreamTally } from './subscribers.ts';

const phase = { name: 'redis', from: 0, until: 10_000 } as const;

const aRequest = (sentAt: number, answeredAt: number, attempt: Request['attempt']): Request => ({
  gateway: 0,
  sentAt,
  answeredAt,
  attempt,
});

const aPurchase = (requests: readonly Request[], orderId: string | null = 'ord'): PhasedPurchase => ({
  buyer: 100,
  key: 'key',
  variantId: 'var',
  quantity: 1,
  paymentMethodId: 'pm',
  state: 'ok',
  orderId,
  total: orderId === null ? null : 1,
  phase: 'redis',
  requests: [...requests],
});

const accepted = { outcome: 'accepted', replayed: false } as const;
const timedOut = { outcome: 'unknown', codes: ['TIMEOUT'], lost: null } as const;

test('a phase counts its orders, how long they took their clients, and how long there was none', () => {
  const purchases = [
    aPurchase([aRequest(1_000, 1_100, accepted)]),
    aPurchase([aRequest(2_000, 2_500, timedOut), aRequest(2_900, 3_000, { outcome: 'accepted', replayed: true })]),
    aPurchase([aRequest(3_000, 3_100, timedOut), aRequest(3_400, 3_500, accepted)]),
    aPurchase([aRequest(4_000, 4_100, { outcome: 'refused', codes: ['NOT_FOUND'] })], null),
  ];

  expect(figuresOf(phase, purchases, createStreamTally())).toMatchObject({
    asked: 4,
    accepted: 3,
    refused: 1,
    lostThenFound: 2,
    replayed: 1,
    p50: 500,
    p95: 1_000,
    longestGapMs: 6_500,
  });
});

test('a run in which nothing happened is below every floor', () => {
  const short = missingOf({
    figures: [figuresOf(phase, [], createStreamTally())],
    rate: 4,
    tally: createStreamTally(),
    absences: [],
    processes: 18,
    priceChanges: 0,
    pricesRead: 0,
    hotRows: 0,
    readinessAsked: 0,
    streamsTold: 0,
  });

  expect(short).toContain('only 0 orders accepted in the phase redis, at least 32 must be');
  expect(short).toContain('only 0 processes restarted, at least 18 must be');
  expect(short).toHaveLength(9); // without orders there are no events to ask for
});
