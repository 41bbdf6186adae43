import { describe, expect, test } from 'vitest';
import { eventually } from '@tally/testkit';
import { theOrdersTables, type OrdersTables } from '../test/orders-tables.ts';
import { idempotencyOn, IdempotencyInProgressError, type Idempotency } from './idempotency.ts';
import { sqlOf } from './prisma.ts';

const anybody = 'usr_1';

/** Runs `work` in a transaction of its own. */
const within = <T>(
  { client }: OrdersTables,
  work: (keys: Idempotency, limit: () => Promise<string | undefined>) => Promise<T>,
): Promise<T> =>
  client.$transaction((tx) => {
    const sql = sqlOf(tx);
    const limit = async () => (await sql.rows<{ lock_timeout: string }>('SHOW lock_timeout'))[0]?.lock_timeout;
    return work(idempotencyOn(sql), limit);
  });

/** A transaction that holds the key until it is told how to end. */
function aHolder(tables: OrdersTables, result: unknown) {
  const held = Promise.withResolvers<undefined>();
  const end = Promise.withResolvers<undefined>();
  const done = within(tables, async (keys) => {
    expect(await keys.claim(anybody, 'checkout', 'key', 'f1', result)).toBe('claimed');
    held.resolve(undefined);
    await end.promise;
  });
  return { held: held.promise, commit: () => end.resolve(undefined), rollBack: () => end.reject(new Error('rolled back')), done };
}

const waiters = ({ admin }: OrdersTables) =>
  admin.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);

describe('a key', () => {
  test('that is free stands for nothing; claimed and recorded, for its result, to everybody of its scope', async () => {
    await using tables = await theOrdersTables();

    await within(tables, async (keys) => {
      expect(await keys.find(anybody, 'checkout', 'key')).toBeNull();
      expect(await keys.claim(anybody, 'checkout', 'key', 'f1')).toBe('claimed');
      await keys.record(anybody, 'checkout', 'key', { orderId: 'ord_1', userErrors: [] });
    });

    await within(tables, async (keys) => {
      const recorded = { fingerprint: 'f1', result: { orderId: 'ord_1', userErrors: [] } };
      expect(await keys.find(anybody, 'checkout', 'key')).toEqual(recorded);
      expect(await keys.claim(anybody, 'checkout', 'key', 'f2', 'other')).toEqual(recorded);
      expect(await keys.find('usr_2', 'checkout', 'key')).toBeNull();
      expect(await keys.claim('usr_2', 'checkout', 'key', 'f1')).toBe('claimed');
      expect(await keys.claim(anybody, 'cancel', 'key', 'f1')).toBe('claimed');
    });
  });

  test('whose transaction rolls back is free again', async () => {
    await using tables = await theOrdersTables();
    const failing = within(tables, async (keys) => {
      await keys.claim(anybody, 'checkout', 'key', 'f1');
      throw new Error('no order after all');
    });
    await expect(failing).rejects.toThrow('no order after all');
    expect(await within(tables, (keys) => keys.find(anybody, 'checkout', 'key'))).toBeNull();
  });

  test('that nobody claimed cannot get a result', async () => {
    await using tables = await theOrdersTables();
    await expect(within(tables, (keys) => keys.record(anybody, 'checkout', 'key', {}))).rejects.toThrow(/claim comes first/);
  });

  test('with quotes and backslashes in it is a key like any other', async () => {
    await using tables = await theOrdersTables();
    const key = `'; DROP TABLE idempotency; -- \\ "`;
    await within(tables, (keys) => keys.claim(anybody, 'checkout', key, 'f1', { text: `'"\\` }));
    expect(await within(tables, (keys) => keys.find(anybody, 'checkout', key))).toMatchObject({ result: { text: `'"\\` } });
  });
});

describe('two requests with one key at once', () => {
  test('the second waits for the first, and gets what it recorded', async () => {
    await using tables = await theOrdersTables();
    const first = aHolder(tables, { orderId: 'ord_1' });
    await first.held;

    const second = within(tables, (keys) => keys.claim(anybody, 'checkout', 'key', 'f1', { orderId: 'ord_2' }));
    await eventually(async () => (await waiters(tables)) === 1);
    first.commit();

    expect(await second).toEqual({ fingerprint: 'f1', result: { orderId: 'ord_1' } });
    await first.done;
  });

  test('the second takes the key when the first rolls back', async () => {
    await using tables = await theOrdersTables();
    const first = aHolder(tables, { orderId: 'ord_1' });
    await first.held;

    const ending = expect(first.done).rejects.toThrow('rolled back');
    const second = within(tables, (keys) => keys.claim(anybody, 'checkout', 'key', 'f1', { orderId: 'ord_2' }));
    await eventually(async () => (await waiters(tables)) === 1);
    first.rollBack();

    expect(await second).toBe('claimed');
    await ending;
    expect(await within(tables, (keys) => keys.find(anybody, 'checkout', 'key'))).toMatchObject({ result: { orderId: 'ord_2' } });
  });

  test('the second is told to come back when the first takes longer than 450 ms', async () => {
    await using tables = await theOrdersTables();
    const first = aHolder(tables, {});
    await first.held;

    const startedAt = performance.now();
    const error: unknown = await within(tables, (keys) => keys.claim(anybody, 'checkout', 'key', 'f1')).catch((thrown: unknown) => thrown);
    const waitedMs = performance.now() - startedAt;

    expect(error).toBeInstanceOf(IdempotencyInProgressError);
    expect(error).toMatchObject({ retryable: true, retryAfterMs: 500 });
    expect(waitedMs).toBeGreaterThan(440);
    expect(waitedMs).toBeLessThan(1_900); // the role's own limit is 2 s
    first.commit();
    await first.done;
  });

  test('of twenty, one has the key and the others its result', async () => {
    await using tables = await theOrdersTables();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, at) => within(tables, (keys) => keys.claim(anybody, 'checkout', 'key', 'f1', { at }))),
    );
    const winner = outcomes.indexOf('claimed');
    expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome !== 'claimed')).toEqual(
      Array.from({ length: 19 }, () => ({ fingerprint: 'f1', result: { at: winner } })),
    );
  });
});

test('after a claim, granted or not, the transaction waits for other locks as long as before', async () => {
  await using tables = await theOrdersTables();
  const limits = (keys: Idempotency, limit: () => Promise<string | undefined>) =>
    keys.claim(anybody, 'checkout', 'key', 'f1').then(async (outcome) => [outcome === 'claimed', await limit()]);

  expect(await within(tables, limits)).toEqual([true, '2s']);
  expect(await within(tables, limits)).toEqual([false, '2s']);
  const ownLimit = tables.client.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = '7s'`);
    const sql = sqlOf(tx);
    await idempotencyOn(sql).claim(anybody, 'checkout', 'another', 'f1');
    return sql.rows('SHOW lock_timeout');
  });
  expect(await ownLimit).toEqual([{ lock_timeout: '7s' }]);
});
