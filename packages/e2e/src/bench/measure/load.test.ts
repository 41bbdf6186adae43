import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { closedLoop } from './load.ts';

test('every request is sent once, by no more clients at a time than asked for', async () => {
  const sent: number[] = [];
  let [open, most] = [0, 0];
  const { latenciesMs } = await closedLoop({ requests: 50, clients: 4 }, async (request) => {
    most = Math.max(most, ++open);
    sent.push(request);
    await turn();
    open--;
  });
  expect(sent.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(latenciesMs).toHaveLength(50);
  expect(most).toBe(4);
});

test('the first failure ends the loop', async () => {
  let sent = 0;
  const loop = closedLoop({ requests: 1_000, clients: 2 }, async (request) => {
    sent++;
    await turn();
    if (request === 3) throw new Error('no answer');
  });
  await expect(loop).rejects.toThrow('no answer');
  expect(sent).toBeLessThan(10);
});
