import { crashPoint } from '@tally/kernel';
import { openPool } from '../connection.ts';
import type { ConsumerOptions } from '../consumer.ts';
import type { DeliveredRecord, Delivery } from '../event-log.ts';
import { secondsSince } from '../instruments.ts';
import { jitteredPauseMs, pause, settlesWithin } from '../waiting.ts';
import { createConsumerMetrics } from './consumer-metrics.ts';
import { describeFailure, judgeFailure } from './failure.ts';
import { createRecordHandler } from './handle-record.ts';
import { startMaintenance } from './maintenance.ts';
import { createParkedKeys } from './parked-keys.ts';
import { followParked, park } from './parking.ts';
import { createPermits } from './permits.ts';
import { startRedriving } from './redriving.ts';

/** A running consumer. Disposal finishes the records at hand, writes positions and leaves the group. */
export interface Consumer extends AsyncDisposable {
  /** The group has handled what was in its topics when this was called. Rejects when the consumer closes first. */
  caughtUp(): Promise<void>;
  /** Resolves after disposal; rejects with `PositionLostError` when the consumer had to stop. */
  readonly ended: Promise<void>;
}

/** Attempts of a failing event, its first pause and its longest, in milliseconds. */
const defaultAttempts = 8;
const firstPauseMs = 50;
const longestPauseMs = 5000;

/**
 * Starts a member of a group that takes each event to its handler. States of an event: *handling*; *retrying* in place, its partition waits; *waiting*,
 * the same for as long as a dependency is down; *parked* with its key, while other keys go on; *done*. Only done and parked move the position.
 *
 * @see docs/reliability.md, consumers.
 */
export async function startConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { log, group, topics, from, handlers, databaseUrl, logger, attempts: mostAttempts = defaultAttempts, concurrency = 8 } = options;
  const pool = openPool(databaseUrl, `consumer ${group}`, 3);
  const names = topics.map(({ name }) => name);
  const parked = createParkedKeys(pool, group, names);
  const permits = createPermits(concurrency);
  const metrics = createConsumerMetrics({ group, log, pool });
  const handle = createRecordHandler(group, handlers);

  /** Tries for as long as `signal` allows and the failure is nobody's. @returns the outcome; `aborted` leaves the record to the next member. */
  const attempt = async (
    record: DeliveredRecord,
    signal: AbortSignal,
  ): Promise<{ kind: 'done' | 'aborted' } | { kind: 'failed'; error: unknown; attempts: number }> => {
    for (let failures = 1, counted = 1; ; failures += 1) {
      const started = performance.now();
      try {
        if ((await permits.with(() => handle(record))) === 'skipped') metrics.skipped();
        else metrics.processed(secondsSince(started));
        return { kind: 'done' };
      } catch (error) {
        const kind = judgeFailure(error);
        const fields = { err: error, group, topic: record.topic, type: record.type, key: record.key, attempts: counted };
        if (kind === 'poison' || (kind === 'count' && counted >= mostAttempts)) return { kind: 'failed', error, attempts: counted };
        if (failures === 1)
          logger.warn(fields, kind === 'wait' ? 'an event waits for what its handler depends on' : 'an event failed and is tried again');
        if (kind === 'count') counted += 1;
      }
      if (signal.aborted) return { kind: 'aborted' };
      await pause(jitteredPauseMs(failures, firstPauseMs, longestPauseMs), signal);
      if (signal.aborted) return { kind: 'aborted' };
    }
  };

  /** A step in our own database, repeated until it succeeds; `null` when the partition was lost meanwhile. */
  const persist = async <T>(step: () => Promise<T>, signal: AbortSignal): Promise<T | null> => {
    for (let failures = 1; ; failures += 1) {
      try {
        return await step();
      } catch (error) {
        if (failures === 1) logger.warn({ err: error, group }, 'parking waits for the database');
        if (signal.aborted) return null;
        await pause(jitteredPauseMs(failures, firstPauseMs, longestPauseMs), signal);
        if (signal.aborted) return null;
      }
    }
  };

  /** @returns whether the record is settled, so that the position may pass it. */
  const settle = async (record: DeliveredRecord, signal: AbortSignal): Promise<boolean> => {
    if (parked.has(record)) {
      const following = await persist(() => followParked(pool, group, record), signal);
      if (following !== 'free') return following === 'parked';
      parked.delete(record);
    }
    const outcome = await attempt(record, signal);
    if (outcome.kind !== 'failed') return outcome.kind === 'done';
    const reason = { ...describeFailure(outcome.error), attempts: outcome.attempts };
    const parking = await persist(() => park(pool, group, record, reason), signal);
    if (parking === 'parked') {
      crashPoint('event.park.after');
      parked.add(record);
      const { topic, key, type, eventId } = record;
      logger.error(
        { err: outcome.error, group, topic, key, type, eventId, attempts: outcome.attempts },
        'an event cannot be handled: its key is parked',
      );
    }
    return parking !== null;
  };

  const deliver = async (delivery: Delivery): Promise<void> => {
    if ((await persist(() => parked.prepare(delivery).then(() => true), delivery.signal)) === null) return;
    for (const record of delivery.records) {
      if (delivery.signal.aborted || !(await settle(record, delivery.signal))) return;
      delivery.handled(record);
    }
  };

  const subscription = await log.subscribe({ group, topics, from, handler: deliver });
  const redriving = startRedriving({ pool, group, attempt, unparked: (stream) => parked.delete(stream), logger });
  const maintenance = startMaintenance({ pool, group, logger });

  return {
    caughtUp: () => subscription.caughtUp(),
    ended: subscription.ended,
    async [Symbol.asyncDispose]() {
      await Promise.all([redriving[Symbol.asyncDispose](), maintenance[Symbol.asyncDispose](), subscription[Symbol.asyncDispose]()]);
      metrics[Symbol.dispose]();
      await settlesWithin(pool.end(), 1000);
    },
  };
}
