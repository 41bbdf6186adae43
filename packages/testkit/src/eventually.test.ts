import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';

test('a condition that already holds is asked once', async () => {
  let asked = 0;

  expect(await eventually(() => ++asked)).toBe(1);
});

test('a condition that throws or gives false is asked again until it holds', async () => {
  let asked = 0;

  const answer = await eventually(() => {
    asked += 1;
    if (asked === 1) throw new Error('not there yet');
    return asked > 4 && 'there';
  });

  expect([answer, asked]).toEqual(['there', 5]);
});

test('an assertion that gives nothing back holds when it passes', async () => {
  let settled = 0;

  await eventually(() => {
    expect(++settled).toBeGreaterThan(2);
  });

  expect(settled).toBe(3);
});

test('out of patience, the error tells the last failure and the line that waited', async () => {
  const last = new Error('order is still PENDING');

  const failure = await eventually(() => Promise.reject(last), { timeoutMs: 30 }).catch((error: Error) => error);

  expect(failure).toMatchObject({
    cause: last,
    message: expect.stringMatching(/^not within 30 ms \(asked \d+ times\): order is still PENDING$/) as string,
  });
  expect(failure.stack).toContain('eventually.test.ts');
});
