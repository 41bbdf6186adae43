import { randomBytes } from 'node:crypto';
import type { RedisConnection } from '@tally/redis';
import type { HotKind, HotReads, HotRows, Ticket } from '../../ports/hot-reads.ts';
import { beginScript, storeScript } from './scripts.ts';

interface RedisHotReadsOptions {
  readonly redis: RedisConnection;
  /** Milliseconds that a row is kept; default 60,000. */
  readonly ttlMs?: number;
}

/** Of `HotRows`. Raise it with every change of their shape: during a deployment old and new processes use one Redis. */
export const shape = 1;

/** After a failure that was no outage, this long passes before everything is forgotten once more, in milliseconds. */
const retryMs = 1_000;

/**
 * Hot reads of all processes that use one Redis. A row is kept as `<generation> <JSON>` and counts in its generation only, so that a new one forgets all
 * rows at once. A ticket is generation and stamp; a stamp is made by the first reader who needs it, differs from all that ever were, and is deleted with
 * the row. What is not there refuses: neither an expired stamp nor a server that lost everything lets an old value in.
 *
 * Every process hears of all changes and invalidates for itself, so an invalidation that one of them could not deliver is delivered by the others. It
 * *doubts* from then on, as it does whenever Redis was out of sight, and knows nothing until it has forgotten everything.
 */
export function createHotReads({ redis, ttlMs = 60_000 }: RedisHotReadsOptions): HotReads {
  const base = `${redis.prefix}hot:${shape}:`;
  const generationKey = `${base}generation`;
  const rowKey = (id: string): string => `${base}row:${id}`;
  const stampKey = (id: string): string => `${base}stamp:${id}`;
  const begin = redis.script(beginScript);
  const store = redis.script(storeScript);
  let doubts = 1;
  /** How many doubts there were when everything was last forgotten. */
  let settled = 0;
  let triedAt = -Infinity;

  async function deliver(invalidation: Parameters<typeof redis.run>[0]): Promise<boolean> {
    return await redis.run(invalidation).then(
      () => true,
      () => {
        doubts += 1;
        return false;
      },
    );
  }
  async function forgetEverything(): Promise<void> {
    const raised = doubts;
    triedAt = performance.now();
    if (await deliver((to) => to.set(generationKey, fresh()))) settled = Math.max(settled, raised);
  }
  function trusted(): boolean {
    if (settled === doubts) return true;
    if (redis.state === 'ok' && performance.now() - triedAt >= retryMs) void forgetEverything();
    return false;
  }
  redis.onBack(() => {
    doubts += 1;
    void forgetEverything();
  });

  return {
    async get<K extends HotKind>(_: K, ids: readonly string[]) {
      const found = new Map<string, HotRows[K]>();
      if (ids.length === 0 || !trusted()) return found;
      const [generation, ...rows] = await redis.run((to) => to.mget(generationKey, ...ids.map(rowKey))).catch(() => [null]);
      if (generation === null || generation === undefined) return found;
      for (const [index, id] of ids.entries()) {
        const row = rows[index];
        // The id says its kind, so what lies under it is of that kind.
        if (row?.startsWith(`${generation} `) === true) found.set(id, JSON.parse(row.slice(generation.length + 1)) as HotRows[K]);
      }
      return found;
    },
    async begin(ids) {
      if (ids.length === 0 || !trusted()) return nothing;
      const tickets = (await begin([generationKey, ...ids.map(stampKey)], [fresh(), ttlMs]).catch(() => [])) as readonly string[];
      return new Map(tickets.map((ticket, index) => [ids[index] ?? '', ticket]));
    },
    async store(ticket, _, rows) {
      const named = rows.filter(({ id }) => ticket.has(id));
      if (named.length === 0 || !trusted()) return rows.map(({ id }) => id);
      const keys = named.flatMap(({ id }) => [stampKey(id), rowKey(id)]);
      const args = named.flatMap((row) => [ticket.get(row.id) ?? '', JSON.stringify(row)]);
      const kept = (await store([generationKey, ...keys], [ttlMs, ...args]).catch(() => [])) as readonly number[];
      const taken = new Set(named.filter((_row, index) => kept[index] === 1).map(({ id }) => id));
      return rows.filter(({ id }) => !taken.has(id)).map(({ id }) => id);
    },
    async invalidate(ids) {
      if (ids.length > 0) await deliver((to) => to.del(ids.flatMap((id) => [rowKey(id), stampKey(id)])));
    },
    invalidateAll: forgetEverything,
  };
}

const nothing: Ticket = new Map();

/** 128 random bits: no two processes ever make the same, before or after a server forgot what there was. */
const fresh = (): string => randomBytes(16).toString('base64url');
