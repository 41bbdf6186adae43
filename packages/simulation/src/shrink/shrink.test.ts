import { expect, test } from 'vitest';
import { fullSchedule, type Schedule } from './schedule.ts';
import { shrink, type Shown } from './shrink.ts';

/** Fails from three orders and two kills on, whatever else goes wrong. */
const run = (schedule: Schedule): Promise<Shown> => {
  const kills = Math.min(schedule.faults['kill'] ?? 0, 9);
  const fails = schedule.size >= 3 && kills >= 2 && (schedule.faultyTurns ?? Infinity) >= 40;
  return Promise.resolve({ failure: fails ? 'I1' : null, turns: schedule.size * 100, struck: kills === 0 ? {} : { kill: kills } });
};

test('a failing schedule becomes as small as it can be while it fails alike', async () => {
  const { schedule, shown, tries } = await shrink({ schedule: fullSchedule(7, 100, ['kill', 'cut', 'freeze']), run });

  expect(schedule).toMatchObject({ size: 3, faults: { kill: 2 } });
  expect(schedule.faultyTurns).toBe(40);
  expect(shown.failure).toBe('I1');
  expect(tries).toBeLessThanOrEqual(200);
});

test('a run that fails in another way is no success, and tries are bounded', async () => {
  const otherwise = async (schedule: Schedule): Promise<Shown> => {
    const shown = await run(schedule);
    return schedule.size < 100 ? { ...shown, failure: 'I4' } : shown;
  };

  const { schedule, tries } = await shrink({ schedule: fullSchedule(7, 100, ['kill']), run: otherwise, mostTries: 30 });

  expect(schedule.size).toBe(100);
  expect(tries).toBeLessThanOrEqual(30);
});

test('a schedule that holds is not shrunk', async () => {
  await expect(shrink({ schedule: fullSchedule(7, 2, ['kill']), run })).rejects.toThrow(RangeError);
});
