import { LRUCache } from 'lru-cache';
import type { HotKind, HotReads, HotRows } from '../../ports/hot-reads.ts';

interface MemoryOptions {
  /** Rows at most, at least 1; the least recently used goes first. */
  readonly maxRows: number;
  /** Milliseconds that a row is kept; default 60,000. */
  readonly ttlMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

/**
 * Hot reads of one process. Stamps are kept for the rows invalidated last, as many as there may be rows; for all others the *floor* counts, which is
 * never below the stamp that a row had: with so many invalidations at once a reader is rather refused than believed.
 */
export function createHotReads({ maxRows, ttlMs = 60_000, now = () => performance.now() }: MemoryOptions): HotReads {
  const rows = new LRUCache<string, HotRows[HotKind]>({ max: maxRows, ttl: ttlMs, ttlResolution: 0, perf: { now } });
  /** Oldest first. */
  const moved = new Map<string, number>();
  let newest = 0;
  let floor = 0;
  const stampOf = (id: string): string => String(moved.get(id) ?? floor);

  function move(id: string): void {
    newest += 1;
    moved.delete(id);
    moved.set(id, newest);
    if (moved.size <= maxRows) return;
    for (const [oldest, stamp] of moved) {
      moved.delete(oldest);
      floor = stamp;
      return;
    }
  }

  return {
    get<K extends HotKind>(_: K, ids: readonly string[]) {
      const found = new Map<string, HotRows[K]>();
      for (const id of ids) {
        // The id says its kind, so what lies under it is of that kind.
        const row = rows.get(id) as HotRows[K] | undefined;
        if (row !== undefined) found.set(id, row);
      }
      return Promise.resolve(found);
    },
    begin: (ids) => Promise.resolve(new Map(ids.map((id) => [id, stampOf(id)]))),
    store(ticket, _, read) {
      const refused: string[] = [];
      for (const row of read) {
        if (ticket.get(row.id) === stampOf(row.id)) rows.set(row.id, frozenCopy(row));
        else refused.push(row.id);
      }
      return Promise.resolve(refused);
    },
    invalidate(ids) {
      for (const id of ids) {
        rows.delete(id);
        move(id);
      }
      return Promise.resolve();
    },
    invalidateAll() {
      rows.clear();
      moved.clear();
      newest += 1;
      floor = newest;
      return Promise.resolve();
    },
  };
}

const frozenCopy = <T extends object>(value: T): T => deepFreeze(structuredClone(value));

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value) as unknown[]) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
