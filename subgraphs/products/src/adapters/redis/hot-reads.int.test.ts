import { startRedis, type RedisServer } from '@tally/infra';
import { newId } from '@tally/kernel';
import { openRedis, redisAddressOf, redisSettings, type RedisConnection } from '@tally/redis';
import { createLogger } from '@tally/runtime';
import { eventually, freshKey, infra } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aSeller, hotReadsContract, type HotReadsWorld } from '../../../test/contract/hot-reads.contract.ts';
import type { HotReads, HotRows } from '../../ports/hot-reads.ts';
import { createHotReads, shape } from './hot-reads.ts';

interface Desk extends HotReadsWorld {
  readonly redis: RedisConnection;
}

/** Hot reads as one process has them, which has begun to use them. */
async function aDesk(url: string, prefix = `${freshKey('hot-reads')}:`): Promise<Desk> {
  await using stack = new AsyncDisposableStack();
  const address = redisAddressOf(z.object(redisSettings).parse({ REDIS_URL: url, REDIS_PREFIX: prefix }));
  if (address === null) throw new Error('no address');
  const logger = createLogger({ service: 'test', level: 'silent' });
  const redis = stack.use(await openRedis({ address, name: 'test', logger, deadlineMs: 250 }));
  const hotReads = createHotReads({ redis });
  await hotReads.invalidateAll();
  const owned = stack.move();
  return { redis, hotReads, pass: (ms) => age(redis, ms), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const keysOf = (redis: RedisConnection): Promise<string[]> => redis.run((to) => to.keys(`${redis.prefix}*`));

/** Brings the end of every key nearer. */
async function age(redis: RedisConnection, ms: number): Promise<void> {
  for (const key of await keysOf(redis)) {
    const left = await redis.run((to) => to.pttl(key));
    if (left > 0) await redis.run((to) => to.pexpire(key, left - ms));
  }
}

const keep = async (hotReads: HotReads, row: HotRows['seller']): Promise<readonly string[]> =>
  hotReads.store(await hotReads.begin([row.id]), 'seller', [row]);

const known = async (hotReads: HotReads, { id }: HotRows['seller']): Promise<string | undefined> =>
  (await hotReads.get('seller', [id])).get(id)?.name;

/** Nothing is answered to anybody for so long. */
const pause = (server: RedisServer, ms: number): Promise<unknown> =>
  (async () => {
    await using other = await aDesk(server.url);
    await other.redis.run((to) => to.call('CLIENT', 'PAUSE', ms, 'ALL'));
  })();

const patience = { timeoutMs: 15_000 };

describe.skipIf(infra.redisUrl === null)('hot reads on Redis', () => {
  hotReadsContract('Redis', () => aDesk(infra.redisUrl ?? ''));

  test('what one process keeps the others find, and what one forgets is forgotten', async () => {
    await using one = await aDesk(infra.redisUrl ?? '');
    await using other = await aDesk(infra.redisUrl ?? '', one.redis.prefix);
    const seller = aSeller('Old');
    await keep(one.hotReads, seller);
    const slow = await other.hotReads.begin([seller.id]);

    expect(await known(other.hotReads, seller)).toBe('Old');
    await one.hotReads.invalidate([seller.id]);

    expect(await known(other.hotReads, seller)).toBeUndefined();
    expect(await other.hotReads.store(slow, 'seller', [seller])).toEqual([seller.id]);
    await keep(one.hotReads, { ...seller, name: 'New' });
    await other.hotReads.invalidateAll();
    expect(await known(one.hotReads, seller)).toBeUndefined();
  });

  test('everything but the generation goes by itself within a minute, read or not', async () => {
    await using desk = await aDesk(infra.redisUrl ?? '');
    await keep(desk.hotReads, aSeller());
    await desk.hotReads.begin([newId('sell')]);

    const left = await Promise.all((await keysOf(desk.redis)).map((key) => desk.redis.run((to) => to.pttl(key))));

    expect(left.filter((ms) => ms === -1)).toHaveLength(1);
    expect(left.filter((ms) => ms > 0 && ms <= 60_000)).toHaveLength(3);
  });

  test('a ticket whose stamp has expired is void, whatever happened since', async () => {
    await using desk = await aDesk(infra.redisUrl ?? '');
    const seller = aSeller('Old');
    const ticket = await desk.hotReads.begin([seller.id]);

    await desk.hotReads.invalidate([seller.id]);
    await desk.pass(61_000);
    expect(await desk.hotReads.store(ticket, 'seller', [seller])).toEqual([seller.id]);
    await desk.hotReads.begin([seller.id]);
    expect(await desk.hotReads.store(ticket, 'seller', [seller])).toEqual([seller.id]);
  });

  test('a server that was emptied gives back nothing old: rows are gone, and tickets from before are void', async () => {
    await using server = await startRedis();
    await using desk = await aDesk(server.url);
    const [kept, underWay] = [aSeller(), aSeller('Old')];
    await keep(desk.hotReads, kept);
    const ticket = await desk.hotReads.begin([underWay.id]);

    await desk.redis.run((to) => to.flushall());

    expect(await known(desk.hotReads, kept)).toBeUndefined();
    expect(await desk.hotReads.store(ticket, 'seller', [underWay])).toEqual([underWay.id]);
    // Somebody else begins after it; the old ticket is no better for that.
    expect(await keep(desk.hotReads, { ...underWay, name: 'New' })).toEqual([]);
    expect(await desk.hotReads.store(ticket, 'seller', [underWay])).toEqual([underWay.id]);
    expect(await known(desk.hotReads, underWay)).toBe('New');
  });

  test('keys that an overfull server threw away are missed by nobody', async () => {
    await using desk = await aDesk(infra.redisUrl ?? '');
    const seller = aSeller('Old');
    await keep(desk.hotReads, seller);
    const ticket = await desk.hotReads.begin([seller.id]);

    await desk.redis.run((to) => to.del(`${desk.redis.prefix}hot:${shape}:generation`));

    expect(await known(desk.hotReads, seller)).toBeUndefined();
    expect(await keep(desk.hotReads, { ...seller, name: 'New' })).toEqual([]);
    expect(await desk.hotReads.store(ticket, 'seller', [seller])).toEqual([seller.id]);
    expect(await known(desk.hotReads, seller)).toBe('New');
  });

  test(
    'while Redis is away nothing is known or taken; a change that it was not told of is never forgotten',
    { timeout: 60_000 },
    async () => {
      await using server = await startRedis();
      await using one = await aDesk(server.url);
      await using other = await aDesk(server.url, one.redis.prefix);
      const seller = aSeller('Old');
      await keep(one.hotReads, seller);
      // It will come back with what it holds now.
      await one.redis.run((to) => to.save());

      await server.kill();
      await eventually(() => one.redis.state === 'down' && other.redis.state === 'down');
      await one.hotReads.invalidate([seller.id]);
      const ticket = await one.hotReads.begin([seller.id]);
      expect(await known(one.hotReads, seller)).toBeUndefined();
      expect(await one.hotReads.store(ticket, 'seller', [seller])).toEqual([seller.id]);

      await server.start();
      for (const desk of [one, other])
        await eventually(async () => {
          const name = await known(desk.hotReads, seller);
          if (name !== undefined) throw new Error(`an old row came back: ${name}`);
          return (await keep(desk.hotReads, aSeller())).length === 0;
        }, patience);
      expect(await known(other.hotReads, seller)).toBeUndefined();
    },
  );

  test(
    'a server that comes back as it was before a change gives back nothing of it, though the change had reached it',
    { timeout: 60_000 },
    async () => {
      await using server = await startRedis();
      await using desk = await aDesk(server.url);
      const seller = aSeller('Old');
      await keep(desk.hotReads, seller);
      await desk.redis.run((to) => to.save());
      await desk.hotReads.invalidate([seller.id]);

      await server.kill();
      await server.start();

      await eventually(async () => {
        expect(await known(desk.hotReads, seller)).toBeUndefined();
        return (await keep(desk.hotReads, aSeller())).length === 0;
      }, patience);
      expect(await known(desk.hotReads, seller)).toBeUndefined();
    },
  );

  test('a slow Redis costs a read the deadline once; changes that it was told too late are known', { timeout: 60_000 }, async () => {
    await using server = await startRedis();
    await using desk = await aDesk(server.url);
    const seller = aSeller('Old');
    await keep(desk.hotReads, seller);
    await pause(server, 2_000);

    const started = performance.now();
    await desk.hotReads.invalidate([seller.id]);
    for (let times = 0; times < 100; times += 1) expect(await known(desk.hotReads, seller)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1_500);

    await eventually(() => desk.redis.state === 'ok', patience);
    expect(await known(desk.hotReads, seller)).toBeUndefined();
    await eventually(async () => (await keep(desk.hotReads, { ...seller, name: 'New' })).length === 0, patience);
    expect(await known(desk.hotReads, seller)).toBe('New');
  });

  test('a server that refuses an invalidation is not read from until it has forgotten everything', { timeout: 60_000 }, async () => {
    await using server = await startRedis();
    await using desk = await aDesk(server.url);
    const seller = aSeller('Old');
    await keep(desk.hotReads, seller);

    await desk.redis.run((to) => to.acl('SETUSER', 'default', '-del'));
    await desk.hotReads.invalidate([seller.id]);

    expect(desk.redis.state).toBe('ok');
    await eventually(async () => {
      expect(await known(desk.hotReads, seller)).toBeUndefined();
      return (await keep(desk.hotReads, aSeller())).length === 0;
    }, patience);
    expect(await known(desk.hotReads, seller)).toBeUndefined();
  });

  test('a server that has become a replica, and takes nothing, is used again once it is the primary', { timeout: 60_000 }, async () => {
    await using server = await startRedis();
    await using desk = await aDesk(server.url);
    const seller = aSeller('Old');
    await keep(desk.hotReads, seller);

    await desk.redis.run((to) => to.call('REPLICAOF', '127.0.0.1', '1'));
    await desk.hotReads.invalidate([seller.id]);
    expect(await known(desk.hotReads, seller)).toBeUndefined();
    await eventually(() => desk.redis.state === 'ok', patience);
    expect(await known(desk.hotReads, seller)).toBeUndefined();

    await eventually(() => desk.redis.run((to) => to.call('REPLICAOF', 'NO', 'ONE')), patience);
    await eventually(async () => {
      expect(await known(desk.hotReads, seller)).toBeUndefined();
      return (await keep(desk.hotReads, aSeller())).length === 0;
    }, patience);
  });
});
