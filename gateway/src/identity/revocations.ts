import { setTimeout as delay } from 'node:timers/promises';
import { tokenRules } from '@tally/identity';
import { systemClock, type Clock } from '@tally/kernel';
import type { DeliveredRecord, EventLog } from '@tally/messaging';
import type { Logger } from '@tally/runtime';
import { createEndedSessions, type EndedSessions } from './ended-sessions.ts';
import type { SessionTopic } from './session-topic.ts';

/** Sessions whose end was told on the log. With the log away tokens live out their time; nobody is kept waiting. */
export interface Revocations extends EndedSessions, AsyncDisposable {
  /** Resolves once all ends that were told so far are known: while the log is away not before it is back. Never rejects. */
  readonly following: Promise<void>;
}

/** As long as an access token can be good after its session has ended, and a minute for clocks that differ. */
const keptMs = (tokenRules.access.maxAgeSeconds + 60) * 1000;

/** How long a start waits for what was told before it. */
const patienceMs = 2_000;

/** Where nothing is told of sessions. */
export const nothingRevoked: Revocations = {
  following: Promise.resolve(),
  isRevoked: () => false,
  onRevoked: () => ({ [Symbol.dispose]: () => undefined }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/**
 * Follows the topic of sessions from a token's life ago, so that a process that starts knows what the one before it knew. Resolves when that is so, or
 * after two seconds while the log is away. Without log or topic nothing is ever revoked.
 */
export async function startRevocations(options: {
  readonly eventLog: EventLog | null;
  readonly topic: SessionTopic | null;
  readonly logger: Logger;
  readonly clock?: Clock;
}): Promise<Revocations> {
  const { eventLog, topic, logger, clock = systemClock } = options;
  if (topic === null) return nothingRevoked;
  if (eventLog === null) {
    logger.warn({}, 'no event log: a session that ends keeps its access until its token runs out');
    return nothingRevoked;
  }
  const ended = createEndedSessions({ keptMs, logger, clock });
  const paths = new Map(Object.entries(topic.ended).map(([type, path]) => [type, path.split('.')]));
  const feed = await eventLog.follow({
    topics: [topic.topic],
    from: new Date(clock().getTime() - keptMs),
    onRecord(record) {
      const path = paths.get(record.type);
      if (path === undefined) return;
      const sessionId = textAt(record, path);
      if (sessionId !== null) return ended.end(sessionId);
      const { type, position, partition } = record;
      logger.error({ topic: topic.topic, partition, position, type }, 'a session has ended, but the record does not say which');
    },
  });
  const following = feed.following.catch(() => undefined); // closed before
  await Promise.race([following, delay(patienceMs, undefined, { ref: false })]);
  if (feed.state === 'away') logger.warn({ topic: topic.topic }, 'which sessions have ended is not known while the event log is away');
  return {
    following,
    isRevoked: ended.isRevoked,
    onRevoked: ended.onRevoked,
    [Symbol.asyncDispose]: () => Promise.resolve(feed[Symbol.asyncDispose]()),
  };
}

/** The text at a path of a record's data; `null` when there is none. */
function textAt({ payload }: DeliveredRecord, path: readonly string[]): string | null {
  let at: unknown;
  try {
    at = JSON.parse(payload);
  } catch {
    return null;
  }
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return null;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return typeof at === 'string' ? at : null;
}
