/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Key of a partition in maps. */
export const keyOf = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`;

/** What a member says of itself when it joins. */
export interface MemberClaim {
  readonly memberId: string;
  /** Topics it subscribes to, with their numbers of partitions. */
  readonly topics: ReadonlyMap<string, number>;
  /** Partitions in its hands, and the generation of the group in which it got them: the newest claim to a partition counts. */
  readonly owned: readonly TopicPartition[];
  readonly generation: number;
}

/**
 * Shares partitions out, each topic evenly among its subscribers. Who has a partition keeps it up to its share; one above the share is given to nobody
 * while its owner still works on it: the owner sees that it is missing, finishes, joins again, and then it is free. So nobody ever gets what somebody
 * else holds.
 *
 * @returns partitions by member, one entry for each.
 */
export function assign(members: readonly MemberClaim[]): ReadonlyMap<string, readonly TopicPartition[]> {
  const assigned = new Map<string, TopicPartition[]>(members.map(({ memberId }) => [memberId, []]));
  const owners = ownersOf(members);
  const counts = new Map<string, number>();
  for (const { topics } of members)
    for (const [topic, partitions] of topics) counts.set(topic, Math.max(partitions, counts.get(topic) ?? 0));

  for (const [topic, partitions] of [...counts].toSorted(([one], [other]) => compare(one, other))) {
    const subscribers = members.filter(({ topics }) => topics.has(topic)).map(({ memberId }) => memberId);
    const numbers = Array.from({ length: partitions }, (_, partition) => partition);
    const shares = sharesOf(subscribers, numbers, (memberId, partition) => owners.get(keyOf({ topic, partition })) === memberId, assigned);
    const given = new Map(subscribers.map((memberId) => [memberId, 0]));
    const give = (memberId: string, partition: number): void => {
      assigned.get(memberId)?.push({ topic, partition });
      given.set(memberId, (given.get(memberId) ?? 0) + 1);
    };
    const open = (memberId: string): number => (shares.get(memberId) ?? 0) - (given.get(memberId) ?? 0);

    for (const partition of numbers) {
      const owner = owners.get(keyOf({ topic, partition }));
      if (owner !== undefined && open(owner) > 0) give(owner, partition);
    }
    for (const partition of numbers) {
      if (owners.has(keyOf({ topic, partition }))) continue;
      const next = subscribers.toSorted((one, other) => open(other) - open(one))[0];
      if (next !== undefined) give(next, partition);
    }
  }
  return assigned;
}

/** Who holds what, of those who still want it. */
function ownersOf(members: readonly MemberClaim[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { memberId, owned, topics } of members.toSorted((one, other) => one.generation - other.generation))
    for (const partition of owned) if ((topics.get(partition.topic) ?? 0) > partition.partition) owners.set(keyOf(partition), memberId);
  return owners;
}

/** How many partitions of a topic each may have. Where it does not come out even: more to whom has more of it, then to whom has less altogether. */
function sharesOf(
  subscribers: readonly string[],
  partitions: readonly number[],
  owns: (memberId: string, partition: number) => boolean,
  assigned: ReadonlyMap<string, readonly TopicPartition[]>,
): ReadonlyMap<string, number> {
  const owning = new Map(subscribers.map((memberId) => [memberId, partitions.filter((partition) => owns(memberId, partition)).length]));
  const of = (counts: ReadonlyMap<string, number>, memberId: string): number => counts.get(memberId) ?? 0;
  const total = (memberId: string): number => assigned.get(memberId)?.length ?? 0;
  const ranked = subscribers.toSorted(
    (one, other) => of(owning, other) - of(owning, one) || total(one) - total(other) || compare(one, other),
  );
  const least = Math.floor(partitions.length / Math.max(1, ranked.length));
  const more = partitions.length - least * ranked.length;
  return new Map(ranked.map((memberId, at) => [memberId, least + (at < more ? 1 : 0)]));
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
