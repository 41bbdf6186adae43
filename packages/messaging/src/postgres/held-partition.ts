import type { DeliveredRecord, Delivery } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import { jitteredPauseMs } from '../waiting.ts';
import type { Claim } from './membership.ts';

/**
 * A partition in this member's hands. `fresh`: there may be something to read. `busy`: a delivery is with the handler. `leaving`: nothing more is
 * read, it is given back after the delivery at hand. `lost`: somebody else may have it; what its handler still states is not written.
 */
export interface HeldPartition {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: string;
  readonly abort: AbortController;
  fresh: boolean;
  leaving: boolean;
  lost: boolean;
  /** The running delivery; settles when its handler has returned, never rejects. */
  busy: Promise<void> | null;
  /** Positions: delivered up to, handled up to, and handled up to as the table knows it. */
  delivered: number;
  handled: number;
  committed: number;
  /** Deliveries in a row that made no progress, and the moment of `performance.now()` before which there is no next one. */
  failures: number;
  notBeforeMs: number;
}

/** Key of a partition in maps. */
export const keyOf = (of: { readonly topic: string; readonly partition: number }): string => `${of.topic} ${of.partition}`;

/** A partition as just claimed. */
export function holdPartition({ topic, partition, epoch, position }: Claim): HeldPartition {
  return {
    topic,
    partition,
    epoch,
    abort: new AbortController(),
    fresh: true,
    leaving: false,
    lost: false,
    busy: null,
    delivered: position,
    handled: position,
    committed: position,
    failures: 0,
    notBeforeMs: 0,
  };
}

/** Whether the next records of the partition may be fetched now. */
export const isReady = (held: HeldPartition, nowMs: number): boolean =>
  held.fresh && held.busy === null && !held.leaving && !held.lost && held.notBeforeMs <= nowMs;

/** Hands records to the handler. What it does not state as handled is read again, after a pause that grows while nothing moves. */
export function deliver(
  held: HeldPartition,
  records: readonly DeliveredRecord[],
  to: {
    readonly handler: (delivery: Delivery) => Promise<void>;
    readonly handled: () => void;
    readonly done: () => void;
    readonly logger: Logger;
  },
): void {
  const before = held.handled;
  const last = Number(records.at(-1)?.position ?? before);
  const delivery: Delivery = {
    topic: held.topic,
    partition: held.partition,
    records,
    signal: held.abort.signal,
    handled(record) {
      const position = Number(record.position);
      if (held.lost || position <= held.handled) return;
      held.handled = Math.min(position, last);
      to.handled();
    },
  };
  const handle = async (): Promise<void> => {
    await Promise.resolve(); // a handler that throws before its first await must find `busy` set
    try {
      await to.handler(delivery);
    } catch (error) {
      to.logger.error({ err: error, topic: held.topic, partition: held.partition }, 'a delivery failed and will be repeated');
    }
    held.delivered = held.handled;
    held.busy = null;
    if (held.handled < last) {
      held.fresh = true;
      held.failures = held.handled > before ? 1 : held.failures + 1;
      held.notBeforeMs = performance.now() + jitteredPauseMs(held.failures, 50, 5000);
    } else {
      held.failures = 0;
    }
    to.done();
  };
  held.busy = handle();
}

/** The earliest moment at which a waiting partition may be read, of `performance.now()`; infinite when none waits for a time. */
export function nextReadMs(partitions: Iterable<HeldPartition>): number {
  let next = Infinity;
  for (const { fresh, busy, leaving, lost, notBeforeMs } of partitions)
    if (fresh && busy === null && !leaving && !lost) next = Math.min(next, notBeforeMs);
  return next;
}
