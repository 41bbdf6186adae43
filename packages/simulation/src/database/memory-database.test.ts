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
  await session.transaction((open) => open.insertNew(stock, { id: 'lamp', left: 1 }));
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
    'neither locked nor inserted',
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

test('a row that nobody has committed is neither locked nor waited for', async () => {
  const { session } = await shelf(1);
  const inserting = session.transaction(async (open) => {
    await open.insertNew(stock, { id: 'lamp', left: 1 });
    for (let turns = 0; turns < 50; turns += 1) await open.statement();
  });

  const seen = await session.transaction(async (open) => [await open.lock(stock, 'lamp'), open.tryLock(stock, 'lamp')]);

  expect(seen).toEqual([undefined, { row: undefined }]);
  await inserting;
});

test('an insert beside a row that somebody has only locked does not wait; beside one that is being deleted it does', async () => {
  const { session } = await shelf(1);
  const order: string[] = [];
  const holding = (change: boolean) =>
    session.transaction(async (open) => {
      await open.lock(stock, 'mug');
      if (change) open.remove(stock, 'mug');
      for (let turns = 0; turns < 50; turns += 1) await open.statement();
      order.push('holder');
    });
  const inserting = () =>
    session.transaction(async (open) => {
      for (let turns = 0; turns < 5; turns += 1) await open.statement();
      const inserted = await open.insert(stock, { id: 'mug', left: 7 });
      order.push(inserted ? 'inserted' : 'there already');
    });

  await Promise.all([holding(false), inserting()]);
  await Promise.all([holding(true), inserting()]);

  expect(order).toEqual(['there already', 'holder', 'holder', 'inserted']);
});

test('whoever waits for a lock beyond the limit is told so, and the limit of some steps ends with them', async () => {
  const { database } = await shelf(1);
  const waited: number[] = [];
  const session = database.session({
    timer(milliseconds, act) {
      waited.push(milliseconds);
      act();
      return () => undefined;
    },
  });
  const end = Promise.withResolvers<void>();
  const holding = session.transaction(async (open) => {
    await open.lock(stock, 'mug');
    await end.promise;
  });

  const impatient = session.transaction((open) => open.waitingAtMost(450, () => open.lock(stock, 'mug')));
  await expect(impatient).rejects.toMatchObject({ code: '55P03' });
  await expect(session.transaction((open) => open.lock(stock, 'mug'))).rejects.toMatchObject({ code: '55P03' });
  end.resolve();
  await holding;

  expect(waited).toEqual([450, 2_000]);
});

test('a lock of a session is held until its connections break', async () => {
  const { database } = await shelf(1);
  const [one, other] = [database.session(), database.session()];

  expect([one.tryAdvisory('relay'), one.tryAdvisory('relay'), other.tryAdvisory('relay')]).toEqual([true, true, false]);
  one.terminate();
  expect([other.tryAdvisory('relay'), one.tryAdvisory('relay')]).toEqual([true, false]);
});

test('another version of a row cannot take the unique key of somebody else', async () => {
  const named = defineTable<{ readonly id: string; readonly name: string | null }>({
    name: 'named',
    key: ({ id }) => id,
    unique: { name: ({ name }) => name },
  });
  const session = createMemoryDatabase().session();
  await session.transaction(async (open) => {
    await open.insertNew(named, { id: '1', name: 'a' });
    await open.insertNew(named, { id: '2', name: null });
  });

  const taking = session.transaction(async (open) => {
    await open.lock(named, '2');
    open.put(named, { id: '2', name: 'a' });
  });

  await expect(taking).rejects.toMatchObject({ code: '23505' });
});
