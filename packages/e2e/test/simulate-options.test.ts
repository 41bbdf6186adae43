import { fullSchedule } from '@tally/simulation';
import { expect, test } from 'vitest';
import { belowFloor, nothing, sum, type Figures } from '../src/simulate/figures.ts';
import { readOptions } from '../src/simulate/options.ts';

test('ten thousand histories of a hundred purchases are what a run is without options', () => {
  expect(readOptions([])).toEqual({
    ...{ seed: 1, seeds: 10_000, orders: 100, forMs: Infinity, schedule: null, untilViolation: false, json: false },
  });
});

test('a quick run is bounded by time', () => {
  expect(readOptions(['--quick'])).toMatchObject({ seeds: 1_000_000, forMs: 50_000 });
});

test('a schedule is taken as a failing run prints it', () => {
  const schedule = fullSchedule(7, 3, ['kill']);
  expect(readOptions(['--schedule', JSON.stringify(schedule)]).schedule).toEqual(schedule);
});

test.each([
  ['--seeds', 'many'],
  ['--orders', '0'],
  ['--schedule', '{}'],
])('%s %s is refused', (...args) => {
  expect(() => readOptions(args)).toThrow(RangeError);
});

const many: Figures = {
  ...{ histories: 40, purchases: 400, accepted: 390, fates: { PROCESSING: 200, CANCELLED: 190 }, turns: 1, worldSeconds: 1 },
  ...{
    kills: 10,
    reached: { 'saga.advance.after': 4_000 },
    killedAt: { 'saga.advance.after': 2 },
    killsInSagas: 9,
    replays: 3,
    fired: { kill: 10 },
  },
};

test('a run proves something when enough was sold and enough went wrong', () => {
  expect(belowFloor(many, ['kill'])).toEqual([]);
  expect(belowFloor(sum(many, { ...nothing, purchases: 400 }), ['kill'])).toEqual([
    expect.stringMatching(/^390 of 800 purchases were accepted/),
  ]);
  expect(belowFloor({ ...many, fates: {} }, ['kill'])).toEqual([expect.stringMatching(/^0.00 of the accepted orders were sold/)]);
  expect(belowFloor({ ...many, killsInSagas: 2 }, ['kill'])).toEqual([expect.stringMatching(/^2 of 10 kills fell inside a saga/)]);
  expect(belowFloor({ ...many, killedAt: {} }, ['kill'])).toEqual(['nobody ever died at saga.advance.after']);
  expect(belowFloor(many, ['kill', 'freeze'])).toEqual(['"freeze" hardly came about']);
});
