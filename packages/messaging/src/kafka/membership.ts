import type { Cluster } from 'kafkajs';
import { assign, type TopicPartition } from './assignment.ts';
import type { ReachedOffset } from './committing.ts';
import { within } from './deadline.ts';
import { isBrokerError } from './failures.ts';
import { byTopic } from './group-positions.ts';
import { decodeAssignment, decodeClaim, encodeAssignment, encodeClaim, protocolName } from './group-protocol.ts';
import type { Link } from './link.ts';
import { coordinatorOf, type Broker } from './protocol.ts';

/**
 * A place in a group. States: *outside*; *joining*, together with all others, whenever one comes, goes or gives something back; *inside*, held by
 * heartbeats. Nothing is given up in order to join: who has partitions names them, and the leader gives them to nobody else. The *lease* says how
 * long nobody else can have been given them: a session from the last answered heartbeat or join.
 */
export interface Membership {
  /** Joins if it must, else sends a heartbeat. @throws what the request threw: try again. */
  keep(): Promise<void>;
  /** Joins at the next `keep`: what it owns has changed. */
  rejoin(): void;
  /** @throws what the request threw; nothing is lost. Throws when the place has been taken away, too. */
  commit(reached: readonly ReachedOffset[]): Promise<void>;
  /** The broker that keeps the group's positions. */
  coordinator(): Promise<Broker>;
  leave(): Promise<void>;
}

/** What a member is made of. */
export interface MembershipOptions {
  readonly link: Link;
  readonly groupId: string;
  /** Topics with their numbers of partitions. */
  readonly topics: ReadonlyMap<string, number>;
  readonly sessionMs: number;
  readonly requestMs: number;
  /** What it must be given again. */
  readonly owned: () => readonly TopicPartition[];
  /** All that is its own from now on, as the leader says; what is missing there must be given back. */
  readonly assigned: (partitions: readonly TopicPartition[]) => void;
  /** The group went on without it: all it had may be somebody else's. */
  readonly expelled: () => void;
  /** The lease now ends so many milliseconds after this moment of `performance.now()`. */
  readonly renewed: (sentMs: number, forMs: number) => void;
}

/** The group is not where this member believes it to be: it has to join (again). */
const movedOn = ['REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'];
const mostTries = 5;

/** Nobody has asked the brokers yet. */
export function createMembership(options: MembershipOptions): Membership {
  const { link, groupId, sessionMs, requestMs } = options;
  /** Others are waited for: as long as a session, should one of them be dead. */
  const joinMs = sessionMs * 1.3;
  const coordinators = new WeakMap<Cluster, Promise<Broker>>();
  let memberId = '';
  let generation = -1;
  let mustJoin = true;
  let confirmedMs = 0;
  let turn: Promise<unknown> = Promise.resolve();

  /** One request of the group at a time: a position that is written while a join is under way would seem to come from an old generation. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  const coordinatorIn = (cluster: Cluster): Promise<Broker> => {
    const known = coordinators.get(cluster) ?? within(requestMs, 'looking for the coordinator', coordinatorOf(cluster, groupId));
    coordinators.set(cluster, known);
    return known;
  };
  const request = async <T>(forMs: number, work: (coordinator: Broker) => Promise<T>): Promise<T> => {
    const cluster = await link.cluster();
    try {
      const coordinator = await coordinatorIn(cluster);
      return await within(forMs, 'a request of a group', work(coordinator));
    } catch (error) {
      note(error, cluster);
      throw error;
    }
  };
  const note = (error: unknown, cluster: Cluster): void => {
    if (isBrokerError(error, 'REBALANCE_IN_PROGRESS')) {
      mustJoin = true;
    } else if (isBrokerError(error, ...movedOn)) {
      if (!isBrokerError(error, 'ILLEGAL_GENERATION')) memberId = '';
      mustJoin = true;
      options.expelled();
    } else {
      link.discard(cluster); // a new connection finds the group's broker again, wherever it is now
    }
  };

  const join = async (coordinator: Broker): Promise<void> => {
    // Until the answer the place is kept.
    options.renewed(confirmedMs, sessionMs * 1.5);
    const claim = { topics: options.topics, owned: options.owned(), generation };
    mustJoin = false; // what changes from here on is for the next join
    const joined = await coordinator.joinGroup({
      groupId,
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs,
      memberId,
      groupProtocols: [{ name: protocolName, metadata: encodeClaim(claim) }],
    });
    memberId = joined.memberId;
    generation = joined.generationId;
    const shared =
      joined.leaderId === memberId
        ? assign(joined.members.map((member) => decodeClaim(member.memberId, member.memberMetadata)))
        : new Map<string, []>();
    const syncedMs = performance.now();
    const { memberAssignment } = await coordinator.syncGroup({
      groupId,
      generationId: generation,
      memberId,
      groupAssignment: [...shared].map(([member, partitions]) => ({ memberId: member, memberAssignment: encodeAssignment(partitions) })),
    });
    confirm(syncedMs);
    options.assigned(decodeAssignment(memberAssignment));
  };
  const beat = async (coordinator: Broker): Promise<void> => {
    const sentMs = performance.now();
    await coordinator.heartbeat({ groupId, groupGenerationId: generation, memberId });
    confirm(sentMs);
  };
  const confirm = (sentMs: number): void => {
    confirmedMs = sentMs;
    options.renewed(sentMs, sessionMs);
  };

  return {
    async keep() {
      for (let tries = 1; ; tries += 1) {
        const joining = mustJoin;
        try {
          return await inTurn(() => (joining ? request(joinMs, join) : request(requestMs, beat)));
        } catch (error) {
          if (joining) mustJoin = true;
          if (tries === mostTries || !isBrokerError(error, ...movedOn)) throw error;
        }
      }
    },
    rejoin: () => void (mustJoin = true),
    coordinator: async () => coordinatorIn(await link.cluster()),
    commit: (reached) =>
      inTurn(() =>
        request(requestMs, async (coordinator) => {
          await coordinator.offsetCommit({
            groupId,
            groupGenerationId: generation,
            memberId,
            topics: byTopic(reached, ({ partition, offset }) => ({ partition, offset: String(offset) })),
          });
        }),
      ),
    leave: () =>
      memberId === ''
        ? Promise.resolve()
        : inTurn(() => request(requestMs, (coordinator) => coordinator.leaveGroup({ groupId, memberId }).then(() => undefined))),
  };
}
