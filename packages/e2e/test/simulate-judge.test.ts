import { expect, test } from 'vitest';
import { judge } from '../src/simulate/judge.ts';
import { damages, soldOrder } from './simulate-evidence.ts';

test('an order that is sold and paid breaks nothing, and all of it is looked at', () => {
  const findings = judge(soldOrder());

  expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
  expect(Object.fromEntries(findings.map(({ id, checked }) => [id, checked]))).toEqual({
    ...{ I1: 1, I2: 1, I3: 1, I4: 1, I5: 1, I6: 1 },
    ...{ I7: 19, I8: 19, I9: 7 },
  });
});

test.each(damages)('it is found that $what', ({ breaks, done }) => {
  const broken = judge(done(soldOrder())).filter(({ violations }) => violations.length > 0);

  expect(broken.map(({ id }) => id)).toEqual(breaks);
});
