import { expect, test } from 'vitest';
import { assign, keyOf, type MemberClaim, type TopicPartition } from './assignment.ts';

const aMember = (memberId: string, owned: readonly TopicPartition[] = [], topics: Record<string, number> = { orders: 8 }): MemberClaim => ({
  memberId,
  topics: new Map(Object.entries(topics)),
  owned,
  generation: 1,
});

const countsOf = (assigned: ReadonlyMap<string, readonly TopicPartition[]>): Record<string, number> =>
  Object.fromEntries([...assigned].map(([member, partitions]) => [member, partitions.length]));

/** Joins, gives back and joins again, as members do, until nothing moves. Fails when a partition ever has two owners. */
function settle(members: readonly MemberClaim[]): { readonly members: readonly MemberClaim[]; readonly rounds: number } {
  let current = members;
  for (let rounds = 1; rounds < 10; rounds += 1) {
    const assigned = assign(current);
    const holders = current.flatMap(({ memberId, owned }) => owned.map((partition) => [keyOf(partition), memberId] as const));
    for (const [member, partitions] of assigned)
      for (const partition of partitions)
        expect(holders.filter(([key, holder]) => key === keyOf(partition) && holder !== member)).toEqual([]);
    const next = current.map((member) => ({ ...member, owned: assigned.get(member.memberId) ?? [], generation: rounds + 1 }));
    if (next.every((member, at) => member.owned.map(keyOf).toSorted().join() === current[at]?.owned.map(keyOf).toSorted().join()))
      return { members: next, rounds };
    current = next;
  }
  throw new Error('partitions go round for ever');
}

const ownedBy = (members: readonly MemberClaim[]): Record<string, number> =>
  Object.fromEntries(members.map(({ memberId, owned }) => [memberId, owned.length]));

test('the first member gets everything', () => {
  expect(countsOf(assign([aMember('a')]))).toEqual({ a: 8 });
});

test('what its owner must give up is nobody’s until it has', () => {
  const [first] = settle([aMember('a')]).members;
  const joined = assign([first ?? aMember('a'), aMember('b')]);

  expect(countsOf(joined)).toEqual({ a: 4, b: 0 });
  expect(ownedBy(settle([first ?? aMember('a'), aMember('b')]).members)).toEqual({ a: 4, b: 4 });
});

test('a member that comes or goes moves no more than it must', () => {
  const three = settle([aMember('a'), aMember('b'), aMember('c')]).members;
  expect(Object.values(ownedBy(three)).toSorted()).toEqual([2, 3, 3]);

  const left = settle(three.slice(1)).members;
  for (const member of left) {
    const before = three.find(({ memberId }) => memberId === member.memberId)?.owned.map(keyOf) ?? [];
    expect(member.owned.map(keyOf)).toEqual(expect.arrayContaining(before));
  }
  expect(ownedBy(left)).toEqual({ b: 4, c: 4 });
});

test('more members than partitions: some wait', () => {
  const members = ['a', 'b', 'c'].map((id) => aMember(id, [], { mail: 1 }));
  const { members: settled } = settle(members);
  expect(Object.values(ownedBy(settled)).toSorted()).toEqual([0, 0, 1]);
  expect(settle(settled).rounds).toBe(1);
});

test('each topic is shared among those who read it, also while versions of the app differ', () => {
  const old = aMember('a', [], { orders: 4 });
  const fresh = aMember('b', [], { orders: 4, stock: 2 });
  const { members } = settle([old, fresh]);

  expect(members[0]?.owned.map(({ topic }) => topic)).toEqual(['orders', 'orders']);
  expect(members[1]?.owned.map(({ topic }) => topic).toSorted()).toEqual(['orders', 'orders', 'stock', 'stock']);
});

test('of two that claim a partition the one with the newer generation has it', () => {
  const partition = { topic: 'mail', partition: 0 };
  const zombie = { ...aMember('a', [partition], { mail: 1 }), generation: 3 };
  const owner = { ...aMember('b', [partition], { mail: 1 }), generation: 4 };
  expect(countsOf(assign([zombie, owner]))).toEqual({ a: 0, b: 1 });
});

test('whoever comes and goes, partitions come to rest evenly and are never with two', () => {
  for (let round = 0; round < 200; round += 1) {
    const topics = { one: 1 + (round % 9), two: 8, three: 3 };
    let members: readonly MemberClaim[] = [aMember('m0', [], topics)];
    for (let step = 1; step <= 6; step += 1) {
      const leave = members.length > 1 && Math.random() < 0.4;
      members = leave ? members.filter((_, at) => at !== step % members.length) : [...members, aMember(`m${step}`, [], topics)];
      members = settle(members).members;
      for (const [topic, partitions] of Object.entries(topics)) {
        const shares = members.map(({ owned }) => owned.filter((partition) => partition.topic === topic).length);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(partitions);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }
    }
  }
});
