import { expect, test } from 'vitest';
import { crashPoint, crashPoints, isCrashPoint, onCrashPoint } from './crash-point.ts';

test('a crash point does nothing unless the process is armed', () => {
  const reached: string[] = [];
  crashPoint('relay.append.before');
  {
    using _ = onCrashPoint((point) => reached.push(point));
    crashPoint('relay.append.after');
  }
  crashPoint('relay.mark.after');
  expect(reached).toEqual(['relay.append.after']);
});

test('every name is area, step and edge, and no name stands twice', () => {
  expect(new Set(crashPoints).size).toBe(crashPoints.length);
  expect(crashPoints.filter((name) => !/^[a-z-]+\.[a-z-]+\.(before|after|recorded|batch)$/.test(name))).toEqual([]);
  expect(isCrashPoint('nowhere.at.all')).toBe(false);
});

test('every call to the provider has a point before, after and once it is recorded', () => {
  for (const operation of ['authorise', 'capture', 'void', 'refund', 'enquire']) {
    for (const edge of ['before', 'after', 'recorded']) expect(isCrashPoint(`provider.${operation}.${edge}`)).toBe(true);
  }
});
