import { crashPoint, type Id } from '@tally/kernel';
import type { EventLog } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import { publish } from './publish.ts';

/** An outbox row on its way. `id` is the identity column: the order of publishing. */
export interface OutboxRow {
  readonly id: string;
  readonly eventId: Id<'evt'>;
  readonly topic: string;
  readonly key: string;
  readonly sequence: number;
  readonly type: string;
  readonly payload: string;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly time: Date;
}

/** How often a row is tried that the log refuses for itself. */
export const mostAttempts = 5;

/** The rows of one outbox, as its relay needs them: in PostgreSQL, or in the memory of a simulation. Every method throws its database's errors. */
export interface OutboxRows {
  /** The first rows that may travel, at most `limit`, in the order of their ids: none that is parked, none behind a parked one of its key. */
  readUnpublished(limit: number): Promise<readonly OutboxRow[]>;
  /** Records that the log has them. */
  markPublished(rows: readonly OutboxRow[]): Promise<void>;
  /** Counts a refusal of this very row; the last one, of `mostAttempts`, parks it. */
  countRefusal(row: OutboxRow): Promise<{ readonly attempts: number; readonly parked: boolean }>;
}

/** What a pass found: how many rows, and whether all of them are settled, none refused. */
export interface Passed {
  readonly found: number;
  readonly settled: boolean;
}

/**
 * One pass of a relay: reads what waits, appends it, and marks it once the log has acknowledged it. In this order a crash repeats records and loses none.
 *
 * @param options.outbox its name, for the logger.
 * @param options.published told how many rows of a topic have been marked.
 * @throws what the log threw when it does not take records, after what it took has been marked; errors of the rows' database.
 * @see docs/reliability.md, outbox.
 */
export async function relayPass(options: {
  readonly rows: OutboxRows;
  readonly log: Pick<EventLog, 'append'>;
  readonly batch: number;
  readonly outbox: string;
  readonly logger: Logger;
  readonly published?: (topic: string, rows: number) => void;
}): Promise<Passed> {
  const { rows, log, batch, outbox, logger, published } = options;
  const waiting = await rows.readUnpublished(batch);
  if (waiting.length === 0) return { found: 0, settled: true };
  crashPoint('relay.append.before');
  const { acknowledged, refused, failures } = await publish(log, waiting);
  crashPoint('relay.append.after');
  if (acknowledged.length > 0) await rows.markPublished(acknowledged);
  crashPoint('relay.mark.after');
  for (const [topic, ofTopic] of Map.groupBy(acknowledged, (row) => row.topic)) published?.(topic, ofTopic.length);
  for (const { row, error } of refused) {
    const { attempts, parked } = await rows.countRefusal(row);
    const fields = { err: error, outbox, topic: row.topic, key: row.key, type: row.type, attempts };
    if (parked) logger.error(fields, 'the log refuses a record for good: its key is parked');
    else logger.warn(fields, 'the log refuses a record');
  }
  if (failures.length > 0) throw failures[0];
  return { found: waiting.length, settled: refused.length === 0 };
}
