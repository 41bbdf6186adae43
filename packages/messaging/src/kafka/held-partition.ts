import type { DeliveredRecord, Delivery } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import { jitteredPauseMs } from '../waiting.ts';
import type { Batch, Readable } from './reading.ts';

/**
 * A partition in this member's hands. Three offsets, each the next one to…: `next` fetch, `handled` handle, `committed` handle as the brokers know it.
 * `waiting`: what is fetched already while a delivery is with the handler (`busy`). `leaving`: nothing more is delivered, it is given back after the
 * delivery at hand. `lost`: somebody else may have it; what its handler still states is not written.
 */
export interface HeldPartition extends Readable {
  readonly abort: AbortController;
  leaving: boolean;
  lost: boolean;
  /** The running delivery; settles when its handler has returned, never rejects. */
  busy: Promise<void> | null;
  waiting: Batch | null;
  /** UTF-16 units of payload in `waiting`. */
  waitingUnits: number;
  handled: bigint;
  committed: bigint;
  /** Deliveries in a row that made no progress, and the moment of `performance.now()` before which there is no next one. */
  failures: number;
  notBeforeMs: number;
}

/** A partition that begins at an offset which the brokers know. */
export function holdPartition(
  of: { readonly topic: string; readonly name: string; readonly partition: number },
  offset: bigint,
): HeldPartition {
  return {
    topic: of.topic,
    name: of.name,
    partition: of.partition,
    abort: new AbortController(),
    leaving: false,
    lost: false,
    busy: null,
    waiting: null,
    waitingUnits: 0,
    next: offset,
    handled: offset,
    committed: offset,
    failures: 0,
    notBeforeMs: 0,
  };
}

/** Most records of one delivery; more than that, or so many units of payload, are not fetched ahead. */
const mostRecords = 200;
const mostUnits = 500_000;

/**
 * Whether the next records of the partition may be fetched now. Some may be waiting already: were it left out of polls until they are handled, the
 * next record would find a poll under way that does not ask for it.
 */
export const isReady = ({ waiting, waitingUnits, leaving, lost, notBeforeMs }: HeldPartition, nowMs: number): boolean =>
  (waiting === null || (waiting.records.length < mostRecords && waitingUnits < mostUnits)) && !leaving && !lost && notBeforeMs <= nowMs;

/** Puts what was fetched behind what is waiting. */
export function takeBatch(held: HeldPartition, { records, to }: Batch): void {
  held.next = to;
  held.waiting = { records: held.waiting === null ? records : [...held.waiting.records, ...records], to };
  held.waitingUnits += unitsOf(records);
}

/** Hands what is waiting to the handler, if it is free. What it does not state as handled is fetched again, after a pause that grows while nothing moves. */
export function deliver(
  held: HeldPartition,
  to: {
    readonly handler: (delivery: Delivery) => Promise<void>;
    readonly handled: () => void;
    /** The delivery has ended, and the next may begin. */
    readonly done: (held: HeldPartition) => void;
    readonly logger: Logger;
  },
): void {
  if (held.waiting === null || held.busy !== null || held.leaving || held.lost) return;
  const { records, to: end, rest } = firstOf(held.waiting);
  held.waiting = rest;
  held.waitingUnits = rest === null ? 0 : unitsOf(rest.records);
  const reach = (offset: bigint): void => {
    if (held.lost || offset <= held.handled) return;
    held.handled = offset;
    to.handled();
  };
  if (records.length === 0) return reach(end);

  const last = records.at(-1)?.position;
  const delivery: Delivery = {
    topic: held.name,
    partition: held.partition,
    records,
    signal: held.abort.signal,
    handled: ({ position }) => reach(position === last ? end : BigInt(position) + 1n),
  };
  const before = held.handled;
  const handle = async (): Promise<void> => {
    await Promise.resolve(); // a handler that throws before its first await must find `busy` set
    try {
      await to.handler(delivery);
    } catch (error) {
      to.logger.error({ err: error, topic: held.name, partition: held.partition }, 'a delivery failed and will be repeated');
    }
    held.busy = null;
    if (held.handled < end) {
      held.waiting = null;
      held.waitingUnits = 0;
      held.next = held.handled;
      held.failures = held.handled > before ? 1 : held.failures + 1;
      held.notBeforeMs = performance.now() + jitteredPauseMs(held.failures, 50, 5000);
    } else {
      held.failures = 0;
    }
    to.done(held);
  };
  held.busy = handle();
}

function firstOf({ records, to }: Batch): {
  readonly records: readonly DeliveredRecord[];
  readonly to: bigint;
  readonly rest: Batch | null;
} {
  const next = records[mostRecords];
  if (next === undefined) return { records, to, rest: null };
  return { records: records.slice(0, mostRecords), to: BigInt(next.position), rest: { records: records.slice(mostRecords), to } };
}

const unitsOf = (records: readonly DeliveredRecord[]): number => records.reduce((units, { payload }) => units + payload.length, 0);

/** The earliest moment after now at which a partition may be fetched again, of `performance.now()`; infinite when none waits for a time. */
export function nextFetchMs(partitions: Iterable<HeldPartition>, nowMs: number): number {
  let next = Infinity;
  for (const { notBeforeMs, leaving, lost } of partitions) if (notBeforeMs > nowMs && !leaving && !lost) next = Math.min(next, notBeforeMs);
  return next;
}
