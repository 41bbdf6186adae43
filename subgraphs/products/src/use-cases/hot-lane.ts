import type { HotKind, HotReads, HotRows } from '../ports/hot-reads.ts';
import type { Telemetry } from '../telemetry.ts';

/** Rows of one kind, from memory where they are there, else from the database: at most one statement per call. */
export interface HotLane<Row> {
  read(ids: readonly string[]): Promise<readonly Row[]>;
  /** Nobody who comes from now on waits for a read that is under way; of all rows when none are named. */
  detach(ids?: readonly string[]): void;
}

interface LaneOptions<K extends HotKind, Row extends { readonly id: string }> {
  readonly kind: K;
  readonly hotReads: HotReads;
  readonly telemetry: Pick<Telemetry, 'hotRead' | 'hotReadRefused'>;
  /** Reads the database. */
  readonly load: (ids: readonly string[]) => Promise<readonly Row[]>;
  readonly toHot: (row: Row) => HotRows[K];
  readonly fromHot: (row: HotRows[K]) => Row;
}

/**
 * A *flight* is a read of the database under way; whoever misses a row that one carries waits for it instead of asking again. An invalidation detaches
 * it: those who wait began before, those who come after must see what was committed.
 */
export function createHotLane<K extends HotKind, Row extends { readonly id: string }>(options: LaneOptions<K, Row>): HotLane<Row> {
  const { kind, hotReads, telemetry, load, toHot, fromHot } = options;
  const flights = new Map<string, Promise<ReadonlyMap<string, Row>>>();

  async function fly(ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    const ticket = await hotReads.begin(ids);
    const rows = await load(ids);
    const refused = await hotReads.store(ticket, kind, rows.map(toHot));
    telemetry.hotReadRefused(kind, refused.length);
    return new Map(rows.map((row) => [row.id, row]));
  }
  function depart(ids: readonly string[]): void {
    const flight = fly(ids);
    for (const id of ids) flights.set(id, flight);
    const land = (): void => {
      for (const id of ids) if (flights.get(id) === flight) flights.delete(id);
    };
    flight.then(land, land);
  }

  return {
    async read(ids) {
      const wanted = [...new Set(ids)];
      const known = await hotReads.get(kind, wanted);
      const missing = wanted.filter((id) => !known.has(id));
      telemetry.hotRead(kind, 'hit', known.size);
      telemetry.hotRead(kind, 'miss', missing.length);
      const unread = missing.filter((id) => !flights.has(id));
      if (unread.length > 0) depart(unread);
      const joined = missing.map(async (id) => (await flights.get(id))?.get(id));
      const read = (await Promise.all(joined)).filter((row) => row !== undefined);
      return [...[...known.values()].map(fromHot), ...read];
    },
    detach(ids) {
      if (ids === undefined) flights.clear();
      else for (const id of ids) flights.delete(id);
    },
  };
}
