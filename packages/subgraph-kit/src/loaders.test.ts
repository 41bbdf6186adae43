import { startTelemetry } from '@tally/runtime';
import { expect, test } from 'vitest';
import { batchLoader } from './loaders.ts';

/** A loader over a table of squares, and the batches it asked for. */
function squares() {
  const batches: (readonly string[])[] = [];
  const loader = batchLoader<number>('squares', (keys) => {
    batches.push(keys);
    return Promise.resolve(new Map(keys.filter((key) => key !== 'none').map((key) => [key, Number(key) ** 2])));
  });
  return { loader, batches };
}

test('the keys of one tick are one read, each asked for once', async () => {
  const { loader, batches } = squares();

  expect(await Promise.all([loader.load('3'), loader.load('2'), loader.load('3')])).toEqual([9, 4, 9]);
  expect(await loader.load('2')).toBe(4);
  expect(batches).toEqual([['3', '2']]);
});

test('a key that is not found is null, and the others keep their places', async () => {
  const { loader } = squares();
  expect(await loader.loadMany(['1', 'none', '2'])).toEqual([1, null, 4]);
});

test('a batch holds at most 500 keys', async () => {
  const { loader, batches } = squares();
  await loader.loadMany(Array.from({ length: 1_201 }, (_, index) => String(index)));
  expect(batches.map(({ length }) => length)).toEqual([500, 500, 201]);
});

test('a read that fails fails every key of its batch', async () => {
  const loader = batchLoader<number>('failing', () => Promise.reject(new Error('away')));
  const outcomes = await Promise.allSettled([loader.load('1'), loader.load('2')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('the sizes of batches are measured, also when telemetry starts after this module was loaded, and when it starts again', async () => {
  for (let run = 0; run < 2; run += 1) {
    await using telemetry = startTelemetry({ service: 'test' });
    await squares().loader.loadMany(['1', '2', '3']);
    expect(await telemetry.metrics()).toMatch(/^loader_batch_size_sum\{.*loader="squares".*\} 3/m);
  }
});
