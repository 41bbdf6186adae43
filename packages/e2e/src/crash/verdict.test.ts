import { describe, expect, test } from 'vitest';
import type { Killed } from './recovery.ts';
import type { RunResult } from './run.ts';
import { faultsOf, tableOf } from './verdict.ts';

const killed = (over: Partial<Killed> = {}): Killed => ({
  why: 'relay.append.after',
  name: 'orders-worker',
  at: 0,
  underWay: 3,
  readyMs: 2_000,
  diedAgain: 0,
  recoveredMs: 9_000,
  ...over,
});

const aResult = (over: Partial<RunResult> = {}): RunResult => ({
  setUp: 'processes',
  kills: [killed(), killed({ why: 'at random' })],
  silent: [],
  purchases: 20,
  orders: 15,
  sold: 9,
  lostLease: { refused: 2, stoppedMs: 40_000 },
  quietMs: 900,
  findings: [{ id: 'I1', title: 'money', checked: 15, violations: [] }],
  faults: [],
  tookMs: 60_000,
  ...over,
});

const faults = (over: Partial<RunResult>): readonly string[] => faultsOf(aResult(over), ['relay.append.after']);

describe('a set-up', () => {
  test('passes when every point fired and everything was recovered from', () => {
    expect(faults({})).toEqual([]);
  });

  test('fails when a point did not fire, or was not tried', () => {
    expect(faults({ silent: ['relay.append.after'] })).toEqual(['processes: relay.append.after never fired']);
    expect(faultsOf(aResult(), ['relay.append.after', 'mail.send.after'])).toEqual(['processes: mail.send.after was never tried']);
  });

  test('fails when a kill is not recovered from, or too late', () => {
    expect(faults({ kills: [killed({ recoveredMs: null })] })[0]).toContain('not recovered from');
    expect(faults({ kills: [killed({ readyMs: null })] })).toHaveLength(1);
    expect(faults({ kills: [killed({ recoveredMs: 151_000 })] })[0]).toContain('151.0 s');
  });

  test('fails when an invariant is violated or looked at nothing, and when quiet never comes', () => {
    expect(faults({ findings: [{ id: 'I2', title: 'one charge', checked: 9, violations: ['ord_1: captured 2 times'] }] })).toEqual([
      'processes: I2 is violated',
    ]);
    expect(faults({ findings: [{ id: 'I3', title: 'no oversell', checked: 0, violations: [] }] })).toEqual([
      'processes: I3 looked at nothing',
    ]);
    expect(faults({ quietMs: null })).toEqual(['processes: I5: not quiet within a minute']);
  });

  test('fails when most kills met nobody, or hardly anything was bought', () => {
    expect(faults({ kills: [killed({ underWay: 0 }), killed({ underWay: 0 }), killed()] })[0]).toContain('kills with an order under way');
    expect(faults({ orders: 9 })[0]).toContain('accepted orders');
    expect(faults({ sold: 1 })[0]).toContain('orders sold');
  });
});

test('the table names the slowest recovery and where it was', () => {
  const table = tableOf([aResult({ kills: [killed(), killed({ why: 'provider.capture.after', recoveredMs: 41_000 })] })]);
  expect(table).toMatch(/processes .* 41\.0 +provider\.capture\.after/);
});
