import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { hotReadsContract } from '../../../test/contract/hot-reads.contract.ts';
import { createHotReads } from './hot-reads.ts';

hotReadsContract('memory', () => {
  let nowMs = 1_000;
  return Promise.resolve({
    hotReads: createHotReads({ maxRows: 100, now: () => nowMs }),
    pass(ms) {
      nowMs += ms;
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});

const sellers = (count: number) => Array.from({ length: count }, () => ({ id: newId('sell'), slug: 's', name: 'S' }));

test('no more rows are kept than there is room for, the latest used ones', async () => {
  const hotReads = createHotReads({ maxRows: 3 });
  const [first, ...others] = sellers(4);
  const ids = [first, ...others].flatMap((seller) => (seller === undefined ? [] : [seller.id]));
  const ticket = await hotReads.begin(ids);
  await hotReads.store(ticket, 'seller', others);
  await hotReads.get('seller', ids.slice(1, 3));

  await hotReads.store(ticket, 'seller', first === undefined ? [] : [first]);

  expect([...(await hotReads.get('seller', ids)).keys()].sort()).toEqual(ids.slice(0, 3).sort());
});

test('a reader is refused also when its row was invalidated so long ago that nobody remembers', async () => {
  const hotReads = createHotReads({ maxRows: 3 });
  const [row, untouched, ...others] = sellers(8);
  if (row === undefined || untouched === undefined) throw new Error('too few');
  const ticket = await hotReads.begin([row.id, untouched.id]);

  await hotReads.invalidate([row.id]);
  for (const { id } of others) await hotReads.invalidate([id]);

  // The second one did not move, but that is not known any more.
  expect(await hotReads.store(ticket, 'seller', [row, untouched])).toEqual([row.id, untouched.id]);
  expect(await hotReads.store(await hotReads.begin([row.id]), 'seller', [row])).toEqual([]);
});
