import { fullSchedule } from '@tally/simulation';
import { expect, test } from 'vitest';
import { broken, shrunk, tell } from '../src/simulate/failure.ts';
import { runHistory } from '../src/simulate/run-history.ts';
import { kinds } from '../src/simulate/schedule.ts';

const patient = { timeout: 60_000 };

test('without trouble every purchase is sold or finds the shelf empty', async () => {
  const { violations, figures } = await runHistory(fullSchedule(1, 20, []));

  expect(violations).toEqual([]);
  const { PROCESSING: sold = 0, REJECTED: tooLate = 0, ...others } = figures.fates;
  expect(others).toEqual({});
  expect(sold).toBeGreaterThan(5);
  expect(sold + tooLate).toBe(figures.accepted);
  expect(figures.kills).toBe(0);
});

test('a schedule is a history: the same one again, turn by turn, and another seed is another one', patient, async () => {
  const [first, again, other] = [
    await runHistory(fullSchedule(7, 20, kinds)),
    await runHistory(fullSchedule(7, 20, kinds)),
    await runHistory(fullSchedule(8, 20, kinds)),
  ];

  expect(again.digest).toBe(first.digest);
  expect(again.evidence).toEqual(first.evidence);
  expect(other.digest).not.toBe(first.digest);
});

test('under every kind of trouble nothing is lost, doubled or left', patient, async () => {
  const outcomes = [];
  for (let seed = 1; seed <= 5; seed++) outcomes.push(await runHistory(fullSchedule(seed, 40, kinds)));

  expect(outcomes.flatMap(({ violations }) => violations)).toEqual([]);
  expect(outcomes.reduce((all, { figures }) => all + figures.killsInSagas, 0)).toBeGreaterThan(10);
});

test('a schedule that holds has nothing to be shrunk', patient, async () => {
  await expect(shrunk(fullSchedule(1, 3, []), 10)).rejects.toThrow(RangeError);
});

test('a failing history is told by its offenders and by the command that repeats it', patient, async () => {
  const outcome = await runHistory(fullSchedule(3, 4, ['kill']));
  const [sold] = outcome.evidence.orders.filter(({ status }) => status === 'PROCESSING');
  const violations = [
    { id: 'I5', text: 'something is left' },
    { id: 'I1', text: `${sold?.id ?? ''}: held twice` },
  ];

  const told = tell({ ...outcome, violations });
  expect(broken(violations)).toEqual(['I1', 'I5']);
  expect(told).toMatch(/was +PENDING, STOCK_RESERVED, CONFIRMED, PROCESSING/);
  expect(told).toMatch(/provider +authorise succeeded \d+, capture succeeded \d+/);
  expect(told).toContain(`npm run test:simulate -- --schedule '{"seed":3,"size":4,"faults":{"kill":1000000},"faultyTurns":null}'`);
});
