import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { createHotReads } from '../adapters/memory/hot-reads.ts';
import type { CatalogueReads } from '../ports/catalogue-reads.ts';
import { createHotCatalogue } from './hot-catalogue.ts';

/** One seller, and how the reads of it were answered. */
function openShop(answer: () => Promise<void> = () => Promise.resolve()) {
  const seller = { id: newId('sell'), slug: 's', name: 'S' };
  const results: string[] = [];
  const sellersById: CatalogueReads['sellersById'] = async (ids) => {
    await answer();
    return ids.includes(seller.id) ? [seller] : [];
  };
  const hot = createHotCatalogue({
    reads: { sellersById } as CatalogueReads,
    hotReads: createHotReads({ maxRows: 10 }),
    telemetry: {
      hotRead: (_, result, rows) => results.push(...Array.from({ length: rows }, () => result)),
      hotReadRefused: () => undefined,
    },
  });
  const read = (...ids: (typeof seller.id)[]) => hot.reads.sellersById(ids.length === 0 ? [seller.id] : ids);
  return { hot, seller, results, read };
}

test('of two changes of the log at once the later one counts', async () => {
  const { hot, results, read } = openShop();

  await Promise.all([hot.serve(), hot.bypass()]);
  await read();
  await Promise.all([hot.bypass(), hot.serve()]);
  await read();
  await read();

  expect(results).toEqual(['bypass', 'miss', 'hit']);
});

test('that a row is missing is not remembered', async () => {
  const { hot, results, read, seller } = openShop();
  await hot.serve();
  const unknown = newId('sell');

  expect(await read(unknown, seller.id, seller.id)).toEqual([seller]);
  expect(await read(unknown)).toEqual([]);

  expect(results).toEqual(['miss', 'miss', 'miss']);
});

test('a read that fails fails for all who wait for it, and for nobody after them', async () => {
  const down = Promise.withResolvers<undefined>();
  let answers = 0;
  const { hot, seller, read } = openShop(async () => {
    answers += 1;
    if (answers === 1) await down.promise;
  });
  await hot.serve();

  const waiting = Promise.allSettled([read(), read(), read()]);
  down.reject(new Error('the database is away'));

  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await read()).toEqual([seller]);
  expect(answers).toBe(2);
});
