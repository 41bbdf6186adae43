import type { TopicFacts } from '@tally/events';
import type { Id } from '@tally/kernel';

/** A record on its way to the log. A repeat of the same event carries the same `eventId`: readers drop repeats by it. */
export interface LogRecord {
  readonly topic: string;
  readonly key: string;
  readonly eventId: Id<'evt'>;
  readonly type: string;
  /** Number in the stream of its key, from 1. */
  readonly sequence: number;
  /** When the writer recorded it. */
  readonly time: Date;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  /** Text of at most 1,000,000 bytes in UTF-8, without U+0000 and lone surrogates (in JSON both are escaped). */
  readonly payload: string;
}

/** A record as read. `position` is opaque text that only this adapter understands. */
export interface DeliveredRecord extends LogRecord {
  readonly partition: number;
  readonly position: string;
}

/** Some consecutive records of one partition, oldest first. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly DeliveredRecord[];
  /** Aborted when the partition is lost or the subscription closes: finish the record at hand, then return. */
  readonly signal: AbortSignal;
  /**
   * States that a record and all before it have had their effect, which is committed. The position moves past it, soon after and never before.
   * What is not stated so is delivered again.
   */
  handled(record: DeliveredRecord): void;
}

/** Where a group that has no position yet begins: the oldest record, only what comes, or the first record at or after a time. */
export type From = 'beginning' | 'now' | Date;

export interface SubscribeOptions {
  /** Members of one group share the partitions; each group sees every record. */
  readonly group: string;
  readonly topics: readonly TopicFacts[];
  readonly from: From;
  /**
   * Called with one delivery at a time per partition, in parallel over partitions. When it throws, or returns without having stated all records
   * as handled, the rest is delivered again after a pause that grows; the partition waits, others go on.
   */
  readonly handler: (delivery: Delivery) => Promise<void>;
}

/** A running member of a group. Disposal finishes the record at hand, commits its position and leaves the group. */
export interface Subscription extends AsyncDisposable {
  /** The group's positions have reached what was in its topics when this was called. Rejects when the subscription closes first. */
  caughtUp(): Promise<void>;
  /** Resolves when the subscription has been disposed of; rejects with `PositionLostError` when it had to stop. */
  readonly ended: Promise<void>;
}

/**
 * `following`: what is appended from now on arrives. `away`: the log does not answer; once the feed has followed for the first time, what is appended
 * meanwhile arrives when it does again.
 */
export type FeedState = 'following' | 'away';

export interface FollowOptions {
  /** Names. A topic that does not exist yet is followed from its first record on. */
  readonly topics: readonly string[];
  /** Only what comes, or the first record at or after a time; what is no longer kept is left out. */
  readonly from: 'now' | Date;
  /**
   * Called for one record at a time, in the order of each partition, also before `follow` has returned; must not throw. The same record may come again
   * after the log was away.
   */
  readonly onRecord: (record: DeliveredRecord) => void;
  /**
   * Called when the state changes; it begins as `away`. `continuous: false`, also without a change, says that records may have been missed (they were
   * deleted before they could be read), and comes before those that follow: whoever needs each one reads them elsewhere. Must not throw.
   */
  readonly onState?: (state: FeedState, continuous: boolean) => void;
}

/** Reads all partitions of some topics for itself: no group, no position that is kept, nothing written. Disposal stops it at once, mid-way if need be. */
export interface Feed extends AsyncDisposable {
  readonly state: FeedState;
  /**
   * Resolves when it follows for the first time: records appended after that arrive. With a time as `from`: when those until now have arrived, too.
   * Rejects when the feed is disposed of before.
   */
  readonly following: Promise<void>;
}

/** How far a group is behind on one partition: records not yet handled, and the age of the oldest of them in seconds. */
export interface Lag {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
  readonly seconds: number;
}

/** The log does not take or give records at the moment. Retryable; says nothing about what arrived. */
export class EventLogUnavailableError extends Error {
  override readonly name = 'EventLogUnavailableError';
  readonly retryable = true;
}

/** A record was refused for itself (too large, unknown topic). Not retryable: the relay parks its key. */
export class RecordRefusedError extends Error {
  override readonly name = 'RecordRefusedError';
  readonly retryable = false;
}

/** A group's position lies before the oldest record that is kept: something was lost to it. The group stops; an operator decides. Not retryable. */
export class PositionLostError extends Error {
  override readonly name = 'PositionLostError';
  readonly retryable = false;
}

/** A topic exists with another number of partitions than the catalogue says. Not retryable: another count is another version of the topic. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError';
  readonly retryable = false;
}

/**
 * The event log (docs/reliability.md). At-least-once, ordered per key, durable; removes no duplicates. Every adapter passes
 * `test/contract/event-log.contract.ts`.
 */
export interface EventLog extends AsyncDisposable {
  /**
   * Stores all records, in order; resolved means durable.
   *
   * @throws {EventLogUnavailableError} whether some, all or none arrived is not known. Send the same records again.
   * @throws {RecordRefusedError} one of the records can never be stored; none was.
   */
  append(records: readonly LogRecord[]): Promise<void>;
  /** Joins a group. Resolves at once also while the log is away: it connects in the background. */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Starts a feed. Resolves at once also while the log is away: it connects in the background. */
  follow(options: FollowOptions): Promise<Feed>;
  /** @throws {EventLogUnavailableError} */
  lag(group: string): Promise<readonly Lag[]>;
}
