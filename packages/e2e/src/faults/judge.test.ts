import { expect, test } from 'vitest';
import { faultsOf, isToldToAskAgain, type Outcome } from './judge.ts';
import type { Visit } from './traffic.ts';

const aVisit = (over: Partial<Visit> = {}): Visit => ({
  route: 'checkout',
  phase: 'F6 away',
  latencyMs: 60,
  failure: null,
  purchase: null,
  ...over,
});

const anOutcome = (over: Partial<Outcome> = {}): Outcome => ({
  id: 'F6',
  expects: 'served',
  visits: Array.from({ length: 20 }, () => aVisit()),
  unready: [],
  faults: [],
  notes: [],
  quietMs: 1_000,
  findings: [{ id: 'I1', title: 'money', checked: 20, violations: [] }],
  unasked: [],
  tookMs: 60_000,
  ...over,
});

test('a line in which all are served and everything is quiet holds', () => {
  expect(faultsOf(anOutcome())).toEqual([]);
});

test('a line in which nobody is served does not hold', () => {
  const visits = Array.from({ length: 20 }, () => aVisit({ failure: 'SUBGRAPH_UNAVAILABLE' }));

  expect(faultsOf(anOutcome({ expects: 'told', visits }))).toEqual([
    'F6: only 0 people served, at least 10 must be',
    'F6: only 0 checkouts accepted, at least 10 must be',
  ]);
});

test('where all must be served one failure is one too many, and so is a process that is not ready', () => {
  const visits = [...anOutcome().visits, aVisit({ failure: 'TIMEOUT' }), aVisit({ failure: 'TIMEOUT' })];

  expect(faultsOf(anOutcome({ visits, unready: [{ phase: 'F6 away', what: 'gateway-1 answers 503' }] }))).toEqual([
    'F6 away: checkout fails with TIMEOUT (2 times)',
    'F6 away: gateway-1 answers 503',
  ]);
});

test('where people may be told to ask again, a failure that does not say so is wrong', () => {
  const visits = [
    ...anOutcome().visits,
    aVisit({ failure: 'SUBGRAPH_UNAVAILABLE' }),
    aVisit({ failure: 'INTERNAL' }),
    aVisit({ failure: '' }),
  ];

  expect(faultsOf(anOutcome({ expects: 'told', visits }))).toEqual([
    'F6 away: checkout fails with INTERNAL',
    'F6 away: checkout fails with no code',
  ]);
});

test('a violation, a check of nothing, an end without quiet and a process that died each break a line', () => {
  const findings = [
    { id: 'I1', title: 'money', checked: 20, violations: ['ord_1'] },
    { id: 'I9', title: 'order', checked: 0, violations: [] },
  ];

  expect(faultsOf(anOutcome({ findings, quietMs: null, unasked: ['orders-worker ended with 1'] }))).toEqual([
    'F6: I1 is violated',
    'F6: I9 looked at nothing',
    'F6: I5: not quiet within a minute',
    'F6: orders-worker ended with 1',
  ]);
});

test('a route that waits for what is away is told', () => {
  const visits = anOutcome().visits.map((visit) => ({ ...visit, latencyMs: 5_100 }));

  expect(faultsOf(anOutcome({ visits }))).toEqual(['F6 away: checkout p95 5100 ms, 4000 ms are allowed']);
});

test.each([
  ['SUBGRAPH_UNAVAILABLE', true],
  ['SUBGRAPH_UNAVAILABLE, TIMEOUT', true],
  ['IDEMPOTENCY_IN_PROGRESS', true],
  ['INTERNAL', false],
  ['SUBGRAPH_UNAVAILABLE, INTERNAL', false],
  ['ECONNRESET', false],
  ['', false],
])('"%s" tells to ask again: %s', (failure, told) => {
  expect(isToldToAskAgain(failure)).toBe(told);
});
