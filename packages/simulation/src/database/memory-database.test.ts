import { expect, test } from 'vitest';
import { createMemoryDatabase, defineTable } from '../index.ts';

interface Stock {
  readonly id: string;
  readonly left: number;
}
const stock = defineTable<Stock>({ name: 'stock', key: ({ id }) => id, checks: { left: ({ left }) => left >= 0 } });

async function shelf(left: number) {
  const database = createMemoryDatabase();
  const session = database.session();
  await session.transaction(async (open) => {
    await open.insertNew(stock, { id: 'mug', left });
  });
  return { database, session, left: () => database.committed(stock)[0]?.left };
}

test('a change is seen by others once it is committed, and by nobody when it is rolled back', async () => {
  const { database, session, left } = await shelf(3);

  await session.transaction(async (open) => {
    await open.statement();
    const row = await open.lock(stock, 'mug');
    open.put(stock, { id: 'mug', left: (row?.left ?? 0) - 1 });
    expect(open.read(stock, 'mug')?.left).toBe(2);
    expect(database.committed(stock)[0]?.left).toBe(3);
  });
  await expect(
    session.transaction(async (open) => {
      await open.lock(stock, 'mug');
      open.put(stock, { id: 'mug', left: 0 });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');

  expect(left()).toBe(2);
});

test('whoever waited for a row gets it as the other has left it', async () => {
  const { session, left } = await shelf(10);
  const takeOne = () =>
    session.transaction(async (open) => {
      await open.statement();
      const row = await open.lock(stock, 'mug');
      await open.statement();
      open.put(stock, { id: 'mug', left: (row?.left ?? 0) - 1 });
    });

  await Promise.all(Array.from({ length: 10 }, takeOne));

  expect(left()).toBe(0);
});

test('two that wait for each other: one goes on, the other is told of the deadlock', async () => {
  const { session } = await shelf(1);
  const locks = (first: string, second: string) =>
    session.transaction(async (open) => {
      await open.lock(stock, first);
      await open.statement();
      await open.lock(stock, second);
    });

  const ends = await Promise.allSettled([locks('mug', 'lamp'), locks('lamp', 'mug')]);

  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(ends.find((end) => end.status === 'rejected')?.reason).toMatchObject({ code: '40P01' });
});

test('the second insert of a key waits for the first, and succeeds only if that one is rolled back', async () => {
  const { session } = await shelf(1);
  const insert = (fails: boolean) =>
    session.transaction(async (open) => {
      const inserted = await open.insert(stock, { id: 'lamp', left: 1 });
      await open.statement();
      if (fails) throw new Error('no');
      return inserted;
    });

  const ends = await Promise.allSettled([insert(true), insert(false), insert(false)]);

  expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : 'rolled back'))).toEqual(['rolled back', true, false]);
});

test('a row that was not locked cannot be written', async () => {
  const { session } = await shelf(1);

  await expect(session.transaction((open) => Promise.resolve(open.put(stock, { id: 'mug', left: 0 })))).rejects.toThrow(
    'nobody has locked',
  );
});

test('a row that breaks a check fails the transaction for good', async () => {
  const { session, left } = await shelf(1);

  const broken = session.transaction(async (open) => {
    await open.lock(stock, 'mug');
    try {
      open.put(stock, { id: 'mug', left: -1 });
    } catch (error) {
      expect(error).toMatchObject({ code: '23514' });
    }
    await open.statement();
  });

  await expect(broken).rejects.toMatchObject({ code: '25P02' });
  expect(left()).toBe(1);
});

test('a connection that is terminated leaves nothing behind and frees its locks', async () => {
  const { database, left } = await shelf(1);
  const dying = database.session();
  const written = Promise.withResolvers<void>();
  void dying.transaction(async (transaction) => {
    await transaction.lock(stock, 'mug');
    transaction.put(stock, { id: 'mug', left: 0 });
    written.resolve();
    await new Promise(() => undefined);
  });
  await written.promise;
  dying.terminate();

  await database.session().transaction((transaction) => transaction.lock(stock, 'mug'));

  expect(left()).toBe(1);
});

test('a commit whose answer is lost is done, one that was lost before is not, and both say the same', async () => {
  const { database, left } = await shelf(5);
  const take = (fate: 'lost-before' | 'lost-after') =>
    database.session({ commitFate: () => fate }).transaction(async (open) => {
      const row = await open.lock(stock, 'mug');
      open.put(stock, { id: 'mug', left: (row?.left ?? 0) - 1 });
    });

  await expect(take('lost-before')).rejects.toMatchObject({ code: '57P01' });
  expect(left()).toBe(5);
  await expect(take('lost-after')).rejects.toMatchObject({ code: '57P01' });
  expect(left()).toBe(4);
});

test('numbers of a sequence are not taken back by a rollback', async () => {
  const { session } = await shelf(1);
  const draw = (fails: boolean) =>
    session.transaction((open) => {
      const number = open.nextNumber('ids');
      return fails ? Promise.reject(new Error('no')) : Promise.resolve(number);
    });

  await draw(true).catch(() => undefined);

  expect(await draw(false)).toBe(2);
});
