import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { PositionLostError, type SubscribeOptions, type Subscription } from '../event-log.ts';
import { meter } from '../instruments.ts';
import type { Logger } from '../logger.ts';
import type { WakeChannel } from '../wake-channel.ts';
import { createBell, jitteredPauseMs, pause, settlesWithin } from '../waiting.ts';
import { createTopicProgress, parseSubject, type Appended, type TopicProgress } from './appended.ts';
import { createCommitting } from './committing.ts';
import { deliver, holdPartition, isReady, keyOf, nextReadMs, type HeldPartition } from './held-partition.ts';
import { claimPartitions, leaveGroup, releasePartitions, renew, startGroup, type Claim, type Membership } from './membership.ts';
import { notReached, partitionEnds } from './positions.ts';
import { firstLimit, nextLimit, readHeads, readPartitions } from './reading.ts';
import type { TopicRegister } from './topic-register.ts';

/** Times of a member in milliseconds. */
export interface MemberTimes {
  /** How long a claim holds without renewal, in database time; renewed at a third. */
  readonly leaseMs: number;
  /** How long a handled position may wait for company before it is written. */
  readonly commitDelayMs: number;
  /** Looks at the heads: this often while wake-ups may be missing, four times as slow while they arrive. */
  readonly pollMs: number;
  /** How long disposal waits for handlers. */
  readonly drainMs: number;
}

/** What members share with their log. */
export interface MemberContext {
  readonly pool: pg.Pool;
  readonly topics: TopicRegister;
  readonly wake: WakeChannel;
  readonly logger: Logger;
  readonly times: MemberTimes;
}

/**
 * One member of a group. Three activities: *membership* renews the lease, claims its fair share of the partitions and gives back what is above it;
 * *reading* fetches from all partitions that may have something in one statement and hands each to the handler; *committing* writes handled positions,
 * several partitions at once. Ends by disposal, or by itself when a position is lost.
 */
export async function openSubscription(
  { pool, topics, wake, logger, times }: MemberContext,
  options: SubscribeOptions,
): Promise<Subscription> {
  const membership: Membership = { group: options.group, member: randomUUID(), leaseMs: times.leaseMs, topics: options.topics };
  const names = options.topics.map(({ name }) => name);
  const partitionCount = options.topics.reduce((sum, { partitions }) => sum + partitions, 0);
  const held = new Map<string, HeldPartition>();
  const progress = new Map<string, TopicProgress>(names.map((name) => [name, createTopicProgress(0)]));
  const readBell = createBell();
  const memberBell = createBell();
  const closing = new AbortController();
  const drained = new AbortController();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  const groupSubject = `group ${options.group} `;
  let leaseEndsMs = 0;
  let leaseTimer: NodeJS.Timeout | undefined;
  let lostPosition: PositionLostError | null = null;

  const drop = (partition: HeldPartition): void => {
    partition.lost = true;
    partition.abort.abort();
    held.delete(keyOf(partition));
    memberBell.ring();
  };
  const dropExpired = (): void => {
    if (performance.now() < leaseEndsMs || held.size === 0) return;
    logger.warn({ group: options.group, partitions: held.size }, 'the lease ran out before it could be renewed');
    for (const partition of [...held.values()]) drop(partition);
  };

  const committing = createCommitting({ pool, group: options.group, held, delayMs: times.commitDelayMs, fenced: drop, logger });

  // Membership.
  const leavings = new Set<Promise<void>>();
  const announce = (): void => wake.signal(`${groupSubject}${membership.member}`);
  const giveBack = async (partition: HeldPartition): Promise<void> => {
    partition.leaving = true;
    partition.abort.abort();
    await partition.busy;
    await committing.now();
    if (partition.lost) return;
    held.delete(keyOf(partition));
    await releasePartitions(pool, membership, [partition]);
    announce();
  };
  const balance = async (others: number): Promise<void> => {
    const share = Math.ceil(partitionCount / (others + 1));
    const staying = [...held.values()].filter(({ leaving }) => !leaving);
    for (const partition of staying.slice(share)) {
      const leaving = giveBack(partition).catch(() => drop(partition));
      leavings.add(leaving);
      void leaving.then(() => leavings.delete(leaving));
    }
    if (staying.length >= share) return;
    const claims = await claimPartitions(pool, membership, share - staying.length);
    const lost = claims.find(({ position, trimmedThrough }) => position < trimmedThrough);
    if (lost !== undefined) throw positionLost(options.group, lost);
    for (const claim of claims) held.set(keyOf(claim), holdPartition(claim));
    if (claims.length > 0) readBell.ring();
  };
  let started = false;
  const maintain = async (): Promise<void> => {
    if (!started) {
      await topics.ensure();
      await startGroup(pool, membership, options.from);
    }
    dropExpired();
    const sentMs = performance.now();
    const renewed = await renew(pool, membership);
    leaseEndsMs = sentMs + times.leaseMs;
    // A connection that hangs would keep us waiting for its answer; the lease does not.
    clearTimeout(leaseTimer);
    leaseTimer = setTimeout(dropExpired, times.leaseMs + 5);
    const still = new Set(renewed.held.map(keyOf));
    for (const partition of [...held.values()]) if (!still.has(keyOf(partition))) drop(partition);
    // Ours by the table but not here: the answer to a claim was lost, or the lease had run out.
    const strays = renewed.held.filter((row) => !held.has(keyOf(row)));
    if (strays.length > 0) await releasePartitions(pool, membership, strays);
    if (closing.signal.aborted) return;
    await balance(renewed.others);
    if (!started) announce();
    started = true;
  };
  const keepMembership = async (attempted: () => void): Promise<void> => {
    for (let failures = 0; !drained.signal.aborted;) {
      try {
        await maintain();
        failures = 0;
      } catch (error) {
        if (error instanceof PositionLostError) return stop(error);
        failures += 1;
        if (failures === 1) logger.warn({ err: error, group: options.group }, 'the event log does not answer, trying on');
        dropExpired();
      }
      attempted();
      if (failures === 0) await memberBell.wait(times.leaseMs / 3);
      else await pause(50 + jitteredPauseMs(failures, 100, 2000), drained.signal);
    }
  };

  // Reading.
  const note = (news: Appended): void => {
    const seen = progress.get(news.topic);
    if (seen === undefined) return;
    seen.note(news);
    let any = false;
    for (const partition of news.partitions) {
      const ours = held.get(keyOf({ topic: news.topic, partition }));
      if (ours === undefined) continue;
      ours.fresh = true;
      any = true;
    }
    if (any) readBell.ring();
  };
  const look = async (): Promise<void> => {
    for (const { topic, last } of await readHeads(pool, names)) {
      if (progress.get(topic)?.look(last) !== true) continue;
      for (const partition of held.values()) if (partition.topic === topic && partition.delivered < last) partition.fresh = true;
    }
  };
  let nextLookMs = 0;
  let limit = firstLimit;
  const readAndDeliver = async (ready: readonly HeldPartition[]): Promise<void> => {
    for (const partition of ready) partition.fresh = false;
    let found;
    try {
      found = await readPartitions(
        pool,
        ready.map(({ topic, partition, delivered }) => ({ topic, partition, position: delivered })),
        limit,
      );
    } catch (error) {
      for (const partition of ready) partition.fresh = true;
      throw error;
    }
    dropExpired();
    for (const [at, partition] of ready.entries()) {
      const records = found[at]?.records ?? [];
      if (records.length >= limit) partition.fresh = true;
      if (records.length === 0 || partition.lost || partition.leaving || closing.signal.aborted) continue;
      deliver(partition, records, { handler: options.handler, handled: committing.soon, done: readBell.ring, logger });
    }
    limit = nextLimit(limit, found);
  };
  const keepReading = async (): Promise<void> => {
    for (let failures = 0; !closing.signal.aborted;) {
      try {
        const now = performance.now();
        if (now >= nextLookMs) {
          await look();
          nextLookMs = now + times.pollMs * (wake.healthy ? 4 : 1);
        }
        const ready = [...held.values()].filter((partition) => isReady(partition, performance.now()));
        if (ready.length > 0) await readAndDeliver(ready);
        else await readBell.wait(Math.min(nextLookMs, nextReadMs(held.values())) - performance.now());
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.debug({ err: error, group: options.group }, 'the event log could not be read');
        await pause(50 + jitteredPauseMs(failures, 100, 2000), closing.signal);
      }
    }
  };

  const listening = wake.listen((subject) => {
    const news = subject === null ? null : parseSubject(subject);
    if (news !== null) return note(news);
    if (subject === null) {
      nextLookMs = 0;
      readBell.ring();
    }
    if (subject === null || (subject.startsWith(groupSubject) && !subject.endsWith(membership.member))) memberBell.ring();
  });
  const attempted = Promise.withResolvers<void>();
  const loops = Promise.all([keepMembership(attempted.resolve), keepReading()]);

  const close = async (): Promise<void> => {
    if (closing.signal.aborted) return ended.promise.catch(() => undefined);
    closing.abort();
    listening[Symbol.dispose]();
    for (const partition of held.values()) partition.abort.abort();
    readBell.ring();
    await settlesWithin(Promise.all([...[...held.values()].map(({ busy }) => busy), ...leavings]), times.drainMs);
    drained.abort(); // until here the lease was renewed
    memberBell.ring();
    await settlesWithin(loops, 2000);
    const left = committing.now().then(() => leaveGroup(pool, membership));
    if (!(await settlesWithin(left, 2000))) logger.warn({ group: options.group }, 'left the group without telling the event log');
    committing.stop();
    clearTimeout(leaseTimer);
    for (const partition of held.values()) partition.lost = true;
    announce();
    if (lostPosition === null) ended.resolve();
    else ended.reject(lostPosition);
  };
  function stop(error: PositionLostError): void {
    lostPosition = error;
    logger.error({ err: error, group: options.group }, 'records were deleted before the group had read them: it stops');
    meter()
      .createCounter('consumer_crashes_total', { description: 'Consumers that ended by themselves.' })
      .add(1, { group: options.group, restart: 'false' });
    void close();
  }

  const caughtUp = async (): Promise<void> => {
    let ends: Awaited<ReturnType<typeof partitionEnds>> | null = null;
    while (!closing.signal.aborted) {
      try {
        await committing.now();
        ends ??= await partitionEnds(pool, names);
        if ((await notReached(pool, options.group, ends)) === 0 && started) return;
      } catch (error) {
        logger.debug({ err: error, group: options.group }, 'whether the group has caught up is not known yet');
      }
      await pause(20, closing.signal);
    }
    throw lostPosition ?? new Error(`the subscription of ${options.group} closed before it had caught up`);
  };

  await settlesWithin(attempted.promise, 1000);
  return { caughtUp, ended: ended.promise, [Symbol.asyncDispose]: close };
}

const positionLost = (group: string, { topic, partition, position, trimmedThrough }: Claim): PositionLostError =>
  new PositionLostError(
    `group ${group} stands at ${String(position)} of ${topic}/${String(partition)}, records up to ${String(trimmedThrough)} are deleted`,
  );
