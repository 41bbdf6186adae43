import { expect, test } from 'vitest';
import { brokenBars, streamsFigures } from './figures.ts';
import type { FanOut } from './rounds/fan-out.ts';
import type { Steady } from './rounds/steady.ts';
import type { StreamsRun } from './run.ts';

const fanOut = (p99: number): FanOut => ({ p50: 1, p99, last: p99, p99FromCommit: p99, cpuUs: 10 });
const steady: Steady = { p50: 1, p95: 2, p99: 3, max: 4, cpuMs: 0.1, lost: 0, disordered: 0 };

const run = (changes: Partial<StreamsRun> = {}): StreamsRun => ({
  memory: [
    {
      title: 'stock',
      gateway: [{ connections: 5_000, perConnection: 8_000 }],
      control: [{ connections: 5_000, perConnection: 4_000 }],
    },
  ],
  fanOut: [{ subscribers: 3_000, gateway: fanOut(29), control: fanOut(15) }],
  steady: { perSecond: 1_000, gateway: steady, control: steady },
  churned: {
    cycles: { 'before the replay': 1, 'awaiting the replay': 1, 'in the replay': 1, live: 1, 'queue full': 1 },
    heapBytes: [90_000_000, 90_100_000],
    left: { gateway_subscriptions_active: 0 },
    abandoned: 1,
    overflows: 1,
    cpuMsPerCycle: 1,
    perSecond: 1_000,
  },
  liveReplays: 0,
  ...changes,
});

test('a run within all bars breaks none', () => {
  expect(brokenBars(run())).toEqual([]);
});

test('a bar of latency fails only on a machine whose bare server leaves room for it', () => {
  const slow = (control: number): StreamsRun => run({ fanOut: [{ subscribers: 3_000, gateway: fanOut(60), control: fanOut(control) }] });
  expect(brokenBars(slow(26))).toContain('one event to 3000, p99: 60.0 ms, not within 53 ms');
  expect(brokenBars(slow(31))).toEqual([]);
});

test('a fan-out that takes twice as long as on a bare server is a failure, however fast the machine', () => {
  const quick = run({ fanOut: [{ subscribers: 3_000, gateway: fanOut(10), control: fanOut(4) }] });
  expect(brokenBars(quick)).toEqual(['one event to 3000, p99 from commit to control: 2.5 ×, not within 2 ×']);
});

test('a lost event is a failure on any machine', () => {
  const lossy = run({ steady: { perSecond: 1_000, gateway: { ...steady, lost: 1 }, control: steady } });
  expect(brokenBars(lossy)).toEqual(['events lost: 1, not within 0']);
});

test('what may not rise is in relation to the control', () => {
  expect(streamsFigures(run())).toMatchObject({
    'memory to control: stock, 5000': 2,
    'CPU to control: one event to 3000': 1,
  });
});
