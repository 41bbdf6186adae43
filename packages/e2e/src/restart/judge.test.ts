import { describe, expect, test } from 'vitest';
import type { Attempt } from '../harness/send-purchase.ts';
import type { StreamEnd } from '../streams/stream-client.ts';
import type { Request } from '../harness/good-client.ts';
import { inFlightAt, judgePurchases, sentAwayBy } from './judge.ts';
import type { Absence, PhasedPurchase } from './timeline.ts';

const accepted: Attempt = { outcome: 'accepted', replayed: false };
const told = (...codes: readonly string[]): Attempt => ({ outcome: 'unknown', codes, lost: null });
const lost: Attempt = { outcome: 'unknown', codes: [], lost: 'ECONNREFUSED' };

const aRequest = (sentAt: number, attempt: Attempt, gateway: 0 | 1 = 0): Request => ({ gateway, sentAt, answeredAt: sentAt + 50, attempt });

const aPurchase = (...requests: readonly Request[]): PhasedPurchase => {
  const last = requests.at(-1)?.attempt.outcome;
  const found = last === 'accepted';
  return {
    buyer: 100,
    key: 'key',
    variantId: 'var',
    quantity: 1,
    paymentMethodId: 'pm',
    state: last === 'unknown' ? 'info' : 'ok',
    orderId: found ? 'ord' : null,
    total: found ? 1 : null,
    phase: 'restarts',
    requests: [...requests],
  };
};

const absent = (name: string, from: number, until: number): Absence => ({ name, app: name, from, goneAt: from + 300, until, code: 0 });

const faults = (absences: readonly Absence[], ...requests: readonly Request[]) =>
  judgePurchases([aPurchase(...requests)], { absences, catchUps: [] });

describe('a checkout', () => {
  test('that is accepted at once is as it must be', () => {
    expect(faults([], aRequest(0, accepted))).toEqual([]);
  });

  test('may be told to ask again while a subgraph that answers is restarted, and at no other time', () => {
    const away = [absent('orders-api', 1_000, 3_000)];
    expect(faults(away, aRequest(2_000, told('SUBGRAPH_UNAVAILABLE')), aRequest(3_500, accepted))).toEqual([]);
    expect(faults(away, aRequest(500, told('SUBGRAPH_UNAVAILABLE')), aRequest(600, accepted))).toHaveLength(1);
    expect(faults(away, aRequest(4_500, told('TIMEOUT')), aRequest(4_600, accepted))).toHaveLength(1);
  });

  test('is not told so because of a worker, nor told anything else', () => {
    const away = [absent('orders-worker', 1_000, 3_000), absent('orders-api', 5_000, 8_000)];
    expect(faults(away, aRequest(2_000, told('SUBGRAPH_UNAVAILABLE')), aRequest(3_500, accepted))).toHaveLength(1);
    expect(faults(away, aRequest(6_000, told('INTERNAL')), aRequest(9_500, accepted))).toHaveLength(1);
    expect(faults(away, aRequest(6_000, told('RATE_LIMITED')), aRequest(9_500, accepted))).toHaveLength(1);
  });

  test('may lose its connection to a gateway that stops, unless that had taken it', () => {
    const away = [absent('gateway', 1_000, 3_000)];
    expect(faults(away, aRequest(1_200, lost), aRequest(1_300, accepted, 1))).toEqual([]);
    expect(faults(away, aRequest(980, lost), aRequest(1_300, accepted, 1))).toEqual([]); // it waited at the door
    expect(faults(away, aRequest(980, lost), aRequest(1_300, { outcome: 'accepted', replayed: true }, 1))).toHaveLength(1);
    expect(faults(away, { ...aRequest(850, lost), answeredAt: 1_100 }, aRequest(1_300, accepted, 1))).toEqual([
      'restarts: key lost its answer (ECONNREFUSED) after 250 ms at gateway, which had taken it',
    ]);
    expect(faults(away, aRequest(1_200, lost, 1), aRequest(1_300, accepted))).toEqual([
      'restarts: key lost its answer (ECONNREFUSED) after 50 ms at gateway-2, which was there',
    ]);
  });

  test('may be told to ask again while a backlog is worked off, but not every tenth', () => {
    const catchUps = [{ from: 1_000, until: 3_000 }];
    const good = Array.from({ length: 19 }, () => aPurchase(aRequest(2_000, accepted)));
    const overloaded = aPurchase(aRequest(2_000, told('SUBGRAPH_UNAVAILABLE')), aRequest(2_500, accepted));
    expect(judgePurchases([...good, overloaded], { absences: [], catchUps })).toEqual([]);
    expect(judgePurchases([...good, overloaded, overloaded, overloaded], { absences: [], catchUps })).toEqual([
      '3 of 22 purchases were told to ask again while a backlog was worked off',
    ]);
    expect(judgePurchases([...good, overloaded], { absences: [], catchUps: [] })).toHaveLength(1);
  });

  test('that is still under way is found by its repeat only', () => {
    const away = [absent('orders-api', 0, 1_000)];
    expect(faults(away, aRequest(100, told('TIMEOUT')), aRequest(200, told('IDEMPOTENCY_IN_PROGRESS')), aRequest(300, accepted))).toEqual(
      [],
    );
    expect(faults(away, aRequest(100, told('IDEMPOTENCY_IN_PROGRESS')), aRequest(200, accepted))).toHaveLength(1);
  });

  test('that is refused, or whose end nobody learns, is a fault', () => {
    expect(faults([], aRequest(0, { outcome: 'refused', codes: ['OUT_OF_STOCK'] }))).toEqual([
      'restarts: key was refused with OUT_OF_STOCK',
    ]);
    expect(faults([absent('orders-api', 0, 1_000)], aRequest(100, told('TIMEOUT')))).toEqual([
      'restarts: key never found out what became of it',
    ]);
  });
});

test('requests are in flight that were sent before and answered after', () => {
  const purchases = [aPurchase(aRequest(980, accepted)), aPurchase(aRequest(980, accepted, 1)), aPurchase(aRequest(900, accepted))];
  expect(inFlightAt(purchases, absent('gateway', 1_000, 3_000))).toBe(1);
});

test('streams of a gateway that stops are told so, or cut', () => {
  const anEnd = (at: number, gateway: 0 | 1, end: Partial<StreamEnd>) => ({
    openedAt: 500,
    at,
    gateway,
    events: 1,
    end: { reason: 'closed' as const, errors: [], closeCode: null, status: null, ...end },
  });
  const ends = [
    anEnd(1_100, 0, { closeCode: 1001 }),
    anEnd(1_200, 0, { reason: 'cut' }),
    anEnd(1_200, 1, { reason: 'cut' }),
    anEnd(1_300, 0, { reason: 'failed' }),
    anEnd(3_100, 0, { reason: 'cut' }),
    // Refused, as its client sees it.
    { ...anEnd(1_400, 0, { reason: 'cut' }), openedAt: 1_350, events: 0 },
  ];
  expect(sentAwayBy({ events: 0, incomplete: 0, ends, faults: [] }, absent('gateway', 1_000, 3_000))).toEqual({ told: 1, cut: 1 });
});
