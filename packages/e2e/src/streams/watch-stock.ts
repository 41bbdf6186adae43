import { strict as assert } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';
import type { StockLevel } from './answers.ts';
import type { EventStream, Received } from './stream-client.ts';

/** Levels of several variants as a stream tells them. */
export interface StockWatch {
  /** By variant, in the order of arrival. */
  readonly levels: ReadonlyMap<string, readonly StockLevel[]>;
  /**
   * Reads on until the newest level of each variant has at least this version.
   *
   * @throws {AssertionError} a level came twice, or after a newer one of its variant; the stream ended, or is silent for 30 s.
   */
  until(versions: ReadonlyMap<string, number>): Promise<void>;
}

/** Reads a stream of levels; it must be the only one who does. */
export function watchStock(stream: EventStream<{ readonly inventoryChanged: StockLevel }>): StockWatch {
  const levels = new Map<string, StockLevel[]>();

  function take({ data: { inventoryChanged: level }, errors }: Received<{ readonly inventoryChanged: StockLevel }>): void {
    assert.deepEqual(errors, []);
    assert.ok(level.variant !== null, `the level ${JSON.stringify(level)} is of no variant`);
    const { id } = level.variant;
    const known = levels.get(id) ?? [];
    levels.set(id, known);
    const newest = known.at(-1)?.sequence ?? 0;
    assert.ok(level.sequence > newest, `${id}: ${String(level.sequence)} came after ${String(newest)}`);
    known.push(level);
  }

  const seen = (versions: ReadonlyMap<string, number>): boolean =>
    [...versions].every(([id, version]) => (levels.get(id)?.at(-1)?.sequence ?? 0) >= version);

  return {
    levels,
    async until(versions) {
      while (!seen(versions)) {
        const event = await Promise.race([stream.next(), silence()]);
        assert.ok(event !== 'silence', `after ${newestOf(levels)} nothing comes, not even ${JSON.stringify([...versions])}`);
        if (event === null) throw new assert.AssertionError({ message: `it ended: ${JSON.stringify(await stream.ended)}` });
        take(event);
      }
    },
  };
}

const silenceMs = 30_000;

const silence = async (): Promise<'silence'> => await pause(silenceMs, 'silence' as const, { ref: false });

const newestOf = (levels: ReadonlyMap<string, readonly StockLevel[]>): string =>
  JSON.stringify([...levels].map(([id, known]) => [id, known.at(-1)?.sequence]));
