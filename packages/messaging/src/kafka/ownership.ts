import { PositionLostError } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import { jitteredPauseMs, pause, settlesWithin } from '../waiting.ts';
import { keyOf, type TopicPartition } from './assignment.ts';
import type { Offsets } from './group-positions.ts';
import { holdPartition, type HeldPartition } from './held-partition.ts';

/** What a member has. A partition is *own* from the moment the leader gives it, *held* once its position is known, and both until it is given back. */
export interface Ownership {
  /** By the key of the partition. */
  readonly held: ReadonlyMap<string, HeldPartition>;
  owned(): readonly TopicPartition[];
  /** All that is own from now on: begins what is new, gives back what is missing. Resolves when what is new is held. */
  assign(given: readonly TopicPartition[]): Promise<void>;
  /** All of it may be somebody else's. */
  dropAll(): void;
  /** Settles when what is being given back is. */
  givenBack(): Promise<unknown>;
}

/** How long partitions that are given back wait for each other, in milliseconds. */
const gatherMs = 100;

/** Nothing is own yet. */
export function createOwnership(options: {
  /** Topics with the names that our callers know. */
  readonly names: ReadonlyMap<string, string>;
  /** @throws {PositionLostError} */
  readonly findPositions: (partitions: readonly TopicPartition[]) => Promise<Offsets>;
  /** Writes what is handled by now. */
  readonly commit: () => Promise<void>;
  readonly began: (partition: HeldPartition) => void;
  /** What is own has become less: the group must be told. */
  readonly released: () => void;
  readonly positionLost: (error: PositionLostError) => void;
  readonly logger: Logger;
  /** Nothing is begun any more; and nothing is waited for any more. */
  readonly closing: AbortSignal;
  readonly drained: AbortSignal;
}): Ownership {
  const { names, logger, closing, drained } = options;
  const own = new Map<string, TopicPartition>();
  const held = new Map<string, HeldPartition>();
  /** Handlers of partitions that were lost and may come back to us: one delivery at a time, then too. */
  const finishing = new Map<string, Promise<void>>();
  const leavings = new Set<Promise<void>>();
  let lessOwn = false;

  const isOwn = (partition: TopicPartition): boolean => own.get(keyOf(partition)) === partition;
  const drop = (partition: HeldPartition): void => {
    const key = keyOf(partition);
    partition.lost = true;
    partition.abort.abort();
    held.delete(key);
    const { busy } = partition;
    if (busy === null) return;
    finishing.set(key, busy);
    void busy.then(() => finishing.get(key) === busy && finishing.delete(key));
  };

  const hold = (partition: TopicPartition, offset: bigint): void => {
    const key = keyOf(partition);
    const fresh = holdPartition({ ...partition, name: names.get(partition.topic) ?? partition.topic }, offset);
    held.set(key, fresh);
    const before = finishing.get(key);
    if (before === undefined) return options.began(fresh);
    fresh.busy = before.then(() => {
      fresh.busy = null;
      options.began(fresh);
    });
  };
  const begin = async (given: readonly TopicPartition[]): Promise<void> => {
    for (let failures = 1; !closing.aborted; failures += 1) {
      const fresh = given.filter((partition) => isOwn(partition) && !held.has(keyOf(partition)));
      if (fresh.length === 0) return;
      try {
        const positions = await options.findPositions(fresh);
        for (const partition of fresh) if (isOwn(partition)) hold(partition, positions.get(keyOf(partition)) ?? 0n);
        return;
      } catch (error) {
        if (error instanceof PositionLostError) return options.positionLost(error);
        logger.debug({ err: error }, 'where to begin is not known yet');
        await pause(20 + jitteredPauseMs(failures, 50, 2000), closing);
      }
    }
  };

  const giveBack = async (partition: TopicPartition): Promise<void> => {
    const key = keyOf(partition);
    const leaving = held.get(key);
    if (leaving !== undefined) {
      leaving.leaving = true;
      leaving.abort.abort();
      await leaving.busy;
      for (let failures = 1; !leaving.lost && leaving.committed < leaving.handled && !drained.aborted; failures += 1)
        await options.commit().catch(() => pause(jitteredPauseMs(failures, 50, 1000), drained));
      if (leaving.lost) return;
      held.delete(key);
    }
    if (!isOwn(partition)) return;
    own.delete(key);
    lessOwn = true;
  };
  const tell = (): void => {
    if (!lessOwn) return;
    lessOwn = false;
    options.released();
  };
  /** Each join moves the whole group: those that are quick go together, a slow one holds up nobody. */
  const giveBackAll = (partitions: readonly TopicPartition[]): void => {
    let gathering = true;
    const leaving = partitions.map(async (partition) => {
      await giveBack(partition);
      if (!gathering) tell();
    });
    for (const each of leaving) {
      leavings.add(each);
      void each.then(() => leavings.delete(each));
    }
    void settlesWithin(Promise.all(leaving), gatherMs).then(() => {
      gathering = false;
      tell();
    });
  };

  return {
    held,
    owned: () => [...own.values()],
    async assign(given) {
      const keys = new Set(given.map(keyOf));
      giveBackAll([...own.values()].filter((partition) => !keys.has(keyOf(partition)) && held.get(keyOf(partition))?.leaving !== true));
      const fresh = given.filter((partition) => !own.has(keyOf(partition)) && names.has(partition.topic));
      for (const partition of fresh) own.set(keyOf(partition), partition);
      await begin(fresh);
    },
    dropAll() {
      own.clear();
      for (const partition of [...held.values()]) drop(partition);
    },
    givenBack: () => Promise.all(leavings),
  };
}
