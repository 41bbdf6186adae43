import { judgeFailure, type DeliveredRecord, type Handlers } from '@tally/messaging';
import type { Random } from '@tally/kernel';
import type { Faults } from '../scheduler/faults.ts';
import type { RunningProcess } from '../scheduler/running-process.ts';
import type { Actor } from '../scheduler/actor.ts';
import { createMember, type Member } from './member.ts';
import type { Partition } from './memory-log.ts';

/** A record that a group gave up; in production its key would be parked. */
export interface ParkedRecord {
  readonly group: string;
  readonly record: DeliveredRecord;
  readonly error: unknown;
  readonly attempts: number;
}

/** A partition as a group has it. */
export interface Claimed {
  readonly of: Partition;
  /** Records that the group has moved past. */
  position: number;
  /** First record that no handler of the group has seen. */
  unseen: number;
  owner: Member | null;
  /** Rises with each owner: whoever comes with an older one is refused. */
  epoch: number;
}

/** The coordinator of one consumer group. */
export interface Group {
  join(process: RunningProcess, handlers: Handlers): void;
  /** There is something new in a partition. */
  appended(partition: Partition): void;
  lag(): number;
}

/** What members ask of their group, besides what they own. */
export interface GroupWorld {
  readonly name: string;
  readonly faults: Faults;
  readonly random: Random;
  readonly isAway: () => boolean;
  /** Whether records of this stream were given up. */
  isParked(record: DeliveredRecord): boolean;
  park(record: DeliveredRecord, error: unknown, attempts: number): void;
  /** What to do about an error of a handler. */
  judge(error: unknown): ReturnType<typeof judgeFailure>;
  delivered(claimed: Claimed, at: number): void;
  rebalance(): void;
}

/** Milliseconds until a group notices that a member is gone. */
const sessionMs = 15_000;

/** A group without members, at the beginning of its partitions. */
export function createGroup(options: {
  readonly name: string;
  readonly partitions: readonly Partition[];
  readonly outside: Actor;
  readonly faults: Faults;
  readonly random: Random;
  readonly isAway: () => boolean;
  readonly parked: (record: ParkedRecord) => void;
  readonly retried: (errorName: string) => void;
  readonly repeated: () => void;
}): Group {
  const { name, partitions, outside, faults, random, isAway, parked, retried, repeated } = options;
  const claims = new Map<Partition, Claimed>(partitions.map((of) => [of, { of, position: 0, unseen: 0, owner: null, epoch: 0 }]));
  const members: Member[] = [];
  const parkedStreams = new Set<string>();
  let rebalancing = false;

  const shareOut = (): void => {
    rebalancing = false;
    const first = random.between(0, Math.max(0, members.length - 1));
    const isCoarse = random.chance(0.3);
    for (const claimed of claims.values()) {
      const at = isCoarse ? first : first + claimed.of.partition;
      const owner = members[at % Math.max(1, members.length)] ?? null;
      if (owner === claimed.owner && owner !== null) continue;
      claimed.epoch += 1;
      claimed.owner?.lose(claimed);
      claimed.owner = owner;
      owner?.take(claimed);
    }
  };
  const rebalanceIn = (milliseconds: number): void => {
    if (rebalancing) return;
    rebalancing = true;
    outside.after(milliseconds, shareOut);
  };
  const leave = (member: Member): void => {
    const at = members.indexOf(member);
    if (at >= 0) members.splice(at, 1);
    rebalanceIn(0);
  };

  const world: GroupWorld = {
    ...{ name, faults, random, isAway },
    isParked: (record) => parkedStreams.has(streamOf(record)),
    park(record, error, attempts) {
      parkedStreams.add(streamOf(record));
      parked({ group: name, record, error, attempts });
    },
    judge(error) {
      retried(error instanceof Error ? error.name : typeof error);
      return judgeFailure(error);
    },
    delivered(claimed, at) {
      if (at < claimed.unseen) repeated();
      else claimed.unseen = at + 1;
    },
    rebalance: () => rebalanceIn(random.between(0, 500)),
  };

  return {
    join(process, handlers) {
      const member = createMember(process, handlers, world);
      members.push(member);
      rebalanceIn(random.between(0, 300));
      // A death is noticed at once where the connection breaks, else when the session runs out.
      process.onDeath(() =>
        outside.after(random.chance(0.5) ? random.between(0, 100) : random.between(100, sessionMs), () => leave(member)),
      );
      process.onFreeze((milliseconds) => {
        if (milliseconds < sessionMs) return;
        outside.after(sessionMs, () => leave(member));
        outside.after(milliseconds + 1, () => {
          if (!process.alive || members.includes(member)) return;
          members.push(member);
          rebalanceIn(random.between(0, 300));
        });
      });
    },
    appended(partition) {
      const claimed = claims.get(partition);
      if (claimed !== undefined) claimed.owner?.look(claimed);
    },
    lag() {
      let behind = 0;
      for (const { of, position } of claims.values()) behind += of.records.length - position;
      return behind;
    },
  };
}

const streamOf = ({ topic, key }: DeliveredRecord): string => `${topic} ${key}`;
