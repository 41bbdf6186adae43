import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('no more than some run at a time, in the order they came, and a failure hands its turn on', async () => {
  const turns = createTurns(2);
  const begun: number[] = [];
  let running = 0;
  let most = 0;

  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((at) =>
      turns(async () => {
        begun.push(at);
        most = Math.max(most, (running += 1));
        await Promise.resolve();
        running -= 1;
        if (at === 2) throw new Error('fails');
      }),
    ),
  );

  expect(begun).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
});
