import type { SubscribeOptions, Subscription } from '../event-log.ts';
import { meter } from '../instruments.ts';
import type { Logger } from '../logger.ts';
import { createBell, jitteredPauseMs, pause, settlesWithin } from '../waiting.ts';
import type { TopicPartition } from './assignment.ts';
import { explainOutOfRange, findPositions } from './beginning.ts';
import { createOutage } from './client-log.ts';
import type { OpenClient } from './client.ts';
import { createCommitting } from './committing.ts';
import { isRefusal } from './failures.ts';
import { committedOffsets, offsetsAt, type Offsets } from './group-positions.ts';
import { deliver, isReady, nextFetchMs, takeBatch, type HeldPartition } from './held-partition.ts';
import { openLink } from './link.ts';
import { createMembership } from './membership.ts';
import { createOwnership } from './ownership.ts';
import { startReading } from './reading.ts';
import type { TopicRegister } from './topics.ts';

/** Times of a member in milliseconds. */
export interface MemberTimes {
  /** How long a member may be silent before others get its partitions. */
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  /** How long a handled position may wait for company before it is written. */
  readonly commitDelayMs: number;
  /** How long a broker may hold a poll for which it has nothing. */
  readonly maxWaitMs: number;
  /** How long disposal waits for handlers. */
  readonly drainMs: number;
  readonly connectMs: number;
  readonly requestMs: number;
}

/** What members share with their log. */
export interface MemberContext {
  readonly openClient: OpenClient;
  readonly prefix: string;
  readonly topics: TopicRegister;
  readonly logger: Logger;
  readonly times: MemberTimes;
}

/** So many refusals in a row are meant. */
const mostRefusals = 5;

/**
 * One member of a group. Four activities: *membership* keeps its place; *ownership* begins partitions that it is given and gives back others; *reading*
 * fetches and hands on; *committing* writes handled offsets. Ends by disposal, or by itself when a position is lost or the brokers refuse it for good.
 *
 * The consumer of kafkajs is not used: it fetches nothing more from a broker until the slowest partition of its last answer is handled, joins anew
 * without waiting for handlers when these run beside it, and moves a position that is out of range by itself.
 */
export async function openSubscription(
  { openClient, prefix, topics, logger, times }: MemberContext,
  options: SubscribeOptions,
): Promise<Subscription> {
  const group = { group: options.group };
  const groupId = prefix + options.group;
  const names = new Map(options.topics.map(({ name }) => [prefix + name, name]));
  const all = options.topics.flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, partition): TopicPartition => ({ topic: prefix + name, partition })),
  );
  const link = openLink(openClient, () => [...names.keys()], times.connectMs);
  const closing = new AbortController();
  const drained = new AbortController();
  const bell = createBell();
  const attempted = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  const outage = createOutage(logger, group, `a member of ${options.group}`);
  const readOutage = createOutage(logger, group, `the reading of ${options.group}`, 5);
  let starts: Offsets | null = null;
  let leaseEndsMs = 0;
  let leaseTimer: NodeJS.Timeout | undefined;
  let fetchTimer: NodeJS.Timeout | undefined;
  let reason: Error | null = null;

  const ownership = createOwnership({
    names,
    findPositions: async (partitions) =>
      findPositions(partitions, {
        cluster: await link.cluster(),
        coordinator: await membership.coordinator(),
        groupId,
        starts,
        commit: (reached) => membership.commit(reached),
      }),
    commit: () => committing.now(),
    began: () => pump(),
    released() {
      membership.rejoin();
      bell.ring();
    },
    positionLost: (error) => stop(error),
    logger,
    closing: closing.signal,
    drained: drained.signal,
  });
  const { held } = ownership;

  const dropExpired = (): void => {
    if (performance.now() < leaseEndsMs || ownership.owned().length === 0) return;
    logger.warn({ ...group, partitions: held.size }, 'the lease ran out before it could be renewed');
    ownership.dropAll();
    membership.rejoin();
  };
  const membership = createMembership({
    link,
    groupId,
    topics: new Map(options.topics.map(({ name, partitions }) => [prefix + name, partitions])),
    sessionMs: times.sessionMs,
    requestMs: times.requestMs,
    owned: () => ownership.owned(),
    assigned: (partitions) => void ownership.assign(partitions).then(attempted.resolve),
    expelled: () => ownership.dropAll(),
    renewed(sentMs, forMs) {
      leaseEndsMs = sentMs + forMs;
      // A connection that hangs would keep us waiting for its answer; the lease does not.
      clearTimeout(leaseTimer);
      leaseTimer = setTimeout(dropExpired, Math.max(0, leaseEndsMs - performance.now()) + 5);
    },
  });
  const keepMembership = async (): Promise<void> => {
    for (let refusals = 0; !drained.signal.aborted;) {
      try {
        await topics.ensure();
        if (starts === null && options.from !== 'beginning') starts = await offsetsAt(await link.cluster(), all, options.from);
        await membership.keep();
        outage.over();
        refusals = 0;
        await bell.wait(Math.min(times.heartbeatMs, times.sessionMs / 5));
      } catch (error) {
        if (drained.signal.aborted) return;
        const failures = outage.met(error);
        if (failures === 1) crashed(true);
        attempted.resolve();
        refusals = isRefusal(error) ? refusals + 1 : 0;
        if (refusals >= mostRefusals && error instanceof Error) return stop(error);
        await pause(20 + jitteredPauseMs(failures, 100, 2000), drained.signal);
      }
    }
  };

  const committing = createCommitting({
    held: () => held.values(),
    commit: (reached) => membership.commit(reached),
    delayMs: times.commitDelayMs,
    ...group,
    logger,
  });
  const work = {
    handler: options.handler,
    handled: committing.soon,
    logger,
    done(partition: HeldPartition): void {
      if (!closing.signal.aborted) deliver(partition, work);
      pump();
    },
  };
  const reading = startReading<HeldPartition>({
    link,
    ready: () => [...held.values()].filter((partition) => isReady(partition, performance.now())),
    take(partition, batch) {
      if (partition.lost || partition.leaving || closing.signal.aborted) return;
      takeBatch(partition, batch);
      deliver(partition, work);
    },
    async outOfRange(partition, cluster) {
      const lost = await explainOutOfRange(cluster, groupId, partition);
      if (!partition.lost) stop(lost);
    },
    answered: readOutage.over,
    failed: readOutage.met,
    skipped: ({ name, partition }, offset) =>
      logger.error({ ...group, topic: name, partition, offset }, 'a record that is not of this system was left out'),
    maxWaitMs: times.maxWaitMs,
    requestMs: times.requestMs,
    closing: closing.signal,
  });
  /** Fetches what is ready now, and at the right time what must wait. */
  const pump = (): void => {
    const nowMs = performance.now(); // before: what becomes ready in between must be in one of the two
    reading.pump();
    clearTimeout(fetchTimer);
    const next = nextFetchMs(held.values(), nowMs);
    if (next < Infinity && !closing.signal.aborted) fetchTimer = setTimeout(pump, next - performance.now() + 1);
  };

  const crashed = (restart: boolean): void =>
    meter()
      .createCounter('consumer_crashes_total', { description: 'Consumers that ended by themselves.' })
      .add(1, { ...group, restart: String(restart) });
  const loop = keepMembership();

  const close = async (): Promise<void> => {
    if (closing.signal.aborted) return ended.promise.catch(() => undefined);
    closing.abort();
    clearTimeout(fetchTimer);
    for (const partition of held.values()) partition.abort.abort();
    await settlesWithin(Promise.all([...[...held.values()].map(({ busy }) => busy), ownership.givenBack()]), times.drainMs);
    drained.abort(); // until here the place was kept
    bell.ring();
    const left = loop.then(() => committing.now()).then(() => membership.leave());
    if (!(await settlesWithin(left, 2000))) logger.warn(group, 'left the group without telling the event log');
    committing.stop();
    clearTimeout(leaseTimer);
    ownership.dropAll();
    link[Symbol.dispose]();
    if (reason === null) ended.resolve();
    else ended.reject(reason);
  };
  function stop(error: Error): void {
    if (closing.signal.aborted) return;
    reason = error;
    logger.error({ err: error, ...group }, 'a member of the group cannot go on: it stops');
    crashed(false);
    void close();
  }

  const caughtUp = async (): Promise<void> => {
    let ends: Offsets | null = null;
    while (!closing.signal.aborted) {
      try {
        await committing.now();
        ends ??= await offsetsAt(await link.cluster(), all, 'now');
        const reached = await committedOffsets(await membership.coordinator(), groupId, all);
        if ([...ends].every(([key, end]) => (reached.get(key) ?? -1n) >= end)) return;
      } catch (error) {
        logger.debug({ err: error, ...group }, 'whether the group has caught up is not known yet');
      }
      await pause(20, closing.signal);
    }
    throw reason ?? new Error(`the subscription of ${options.group} closed before it had caught up`);
  };

  await settlesWithin(attempted.promise, 1000);
  return { caughtUp, ended: ended.promise, [Symbol.asyncDispose]: close };
}
