import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inLanes } from './in-lanes.ts';

test('results keep the order of the items and no more lanes are open than asked for', async () => {
  let open = 0;
  let most = 0;
  const results = await inLanes(2, [3, 1, 2, 0], async (turns) => {
    open += 1;
    most = Math.max(most, open);
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    open -= 1;
    return turns * 10;
  });

  expect(results).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});
