import { expect, test } from 'vitest';
import type { LedgerEntry } from '@tally/payment-simulator';
import { routes, type Visit } from '../traffic.ts';
import { wrongChanges } from './breaker.ts';
import { cases, kinds } from './kinds.ts';
import type { Result } from './run.ts';
import { faultsOf, type Trial } from './trials.ts';
import { phases, verdictOn } from './verdict.ts';

const [authorise, , , refund] = cases;
const [timesOut] = kinds;
if (authorise === undefined || refund === undefined || timesOut === undefined) throw new Error('there is nothing to try');

const changes = (...states: readonly string[]) => states.map((state, at) => ({ state, at }));

const anEntry = (over: Partial<LedgerEntry>): LedgerEntry => ({
  id: 1,
  operation: 'capture',
  order: 'ord_1',
  authorisation: 'auth_1',
  key: 'order:1:capture',
  amount: 100,
  currency: 'EUR',
  outcome: 'succeeded',
  reason: null,
  behaviour: null,
  status: 'captured',
  at: '2026-11-21T00:00:00.000Z',
  ...over,
});

const aTrial = (over: Partial<Trial> = {}): Trial => ({
  of: authorise,
  kind: timesOut,
  orderId: 'ord_1',
  fired: true,
  settledMs: 7_000,
  enquiries: 1,
  foundOut: true,
  ...over,
});

const aVisit = (over: Partial<Visit> = {}): Visit => ({
  route: 'cart',
  phase: 'calm',
  latencyMs: 20,
  failure: null,
  purchase: null,
  ...over,
});

const aResult = (over: Partial<Result> = {}): Result => ({
  trials: cases.flatMap((of) => kinds.map((kind) => aTrial({ of, kind, orderId: `ord_${of.operation}_${kind.behaviour}` }))),
  outages: (['slow', 'down'] as const).map((phase) => ({ phase, since: 0, accepted: 40, peak: 8, settledMs: 30_000 })),
  visits: phases.flatMap((phase) => routes.map((route) => aVisit({ phase, route }))),
  peak: 8,
  breaker: {
    changes: changes('open', 'half-open', 'closed'),
    counted: { open: 1, 'half-open': 1, closed: 1 },
    said: new Set(['ok', 'down']),
    faults: [],
  },
  doubts: { seen: 20, released: [] },
  ledger: [
    ...cases.flatMap(({ operation, succeeded }) =>
      kinds.flatMap(({ behaviour }) =>
        Object.entries(succeeded).flatMap(([done, times]) =>
          Array.from({ length: times }, () =>
            anEntry({ operation: done as LedgerEntry['operation'], order: `ord_${operation}_${behaviour}` }),
          ),
        ),
      ),
    ),
    ...Array.from({ length: 100 }, (_, index) => anEntry({ order: `ord_ordinary_${String(index)}` })),
  ],
  quietMs: 1_000,
  findings: [],
  unasked: [],
  ...over,
});

test('a run in which all holds passes', () => {
  expect(verdictOn(aResult())).toEqual([]);
});

test('a run in which nothing happens fails by every floor', () => {
  const nothing = aResult({
    trials: [],
    visits: [],
    outages: (['slow', 'down'] as const).map((phase) => ({ phase, since: 0, accepted: 0, peak: 0, settledMs: 0 })),
    doubts: { seen: 0, released: [] },
    ledger: [],
    breaker: { changes: [], counted: {}, said: new Set(), faults: [] },
  });

  expect(verdictOn(nothing)).toEqual([
    expect.stringContaining('did not open'),
    'no health page said that the provider is ok',
    'no health page said that the provider is down',
    ...phases.flatMap((phase) => routes.map((route) => `${phase}: nobody came to ${route}`)),
    expect.stringContaining('failures that were met'),
    expect.stringContaining('orders in doubt'),
    expect.stringContaining('connections to a slow provider'),
    expect.stringContaining('checkouts while it was slow'),
    expect.stringContaining('checkouts while it was down'),
    expect.stringContaining('orders charged'),
  ]);
});

test('a second capture of one order is a double charge, whoever it belongs to', () => {
  const twice = aResult();

  expect(verdictOn({ ...twice, ledger: [...twice.ledger, anEntry({ order: 'ord_ordinary_7' })] })).toEqual([
    'ord_ordinary_7 was charged twice',
  ]);
});

test('stock that is let go in doubt, one connection too many and a slow route are each told', () => {
  const wrong = aResult({
    doubts: { seen: 20, released: ['ord_1: RELEASED'] },
    peak: 11,
    visits: aResult().visits.map((visit) => (visit.phase === 'down' && visit.route === 'cart' ? { ...visit, latencyMs: 5_100 } : visit)),
  });

  expect(verdictOn(wrong)).toEqual([
    'in doubt, and its stock is let go: ord_1: RELEASED',
    '11 connections to the provider at once, 10 are allowed',
    'down: cart p95 5100 ms, 2000 ms are allowed',
  ]);
});

test('a trial tells what it lacks', () => {
  const lacking = aTrial({ of: refund, fired: false, settledMs: null, enquiries: 0, foundOut: false });

  expect(faultsOf(lacking, []).map((fault) => fault.replace(/^.*: /, ''))).toEqual([
    'the failure was not met',
    'not settled',
    'nobody enquired',
    'it was called again although an enquiry could tell',
    '0 times capture at the provider, not 1',
    '0 times refund at the provider, not 1',
  ]);
});

test.each([
  [['open', 'half-open', 'closed'], null],
  [['open', 'half-open', 'open', 'half-open', 'closed'], null],
  [['open', 'closed'], 'the breaker goes from open to closed'],
  [['half-open'], 'the breaker goes from closed to half-open'],
  [['open', 'half-open'], 'the breaker is half-open at the end'],
  [[], 'the breaker did not open, half-open and close in turn: '],
] as const)('changes of a breaker %j: %s', (states, wrong) => {
  expect(wrongChanges(changes(...states), 0)).toBe(wrong);
});

test('a breaker that opened only before the provider went down did not see it', () => {
  expect(wrongChanges(changes('open', 'half-open', 'closed'), 3)).not.toBeNull();
});
