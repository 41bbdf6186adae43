import kafkajs from 'kafkajs';
import type { MemberClaim, TopicPartition } from './assignment.ts';

// The consumer protocol of Kafka, version 0: tools that describe groups can read it. What we add of our own is in the user data.
const version = 0;

/** The name under which all members of a group must agree to share partitions out. */
export const protocolName = 'tally-keep-what-you-have';

/** What a member says when it joins. */
export function encodeClaim({ topics, owned, generation }: Omit<MemberClaim, 'memberId'>): Buffer {
  const own: OwnData = { generation, owned: toTable(owned), partitions: Object.fromEntries(topics) };
  return kafkajs.AssignerProtocol.MemberMetadata.encode({
    version,
    topics: [...topics.keys()],
    userData: Buffer.from(JSON.stringify(own)),
  });
}

export function decodeClaim(memberId: string, metadata: Buffer): MemberClaim {
  const decoded = kafkajs.AssignerProtocol.MemberMetadata.decode(metadata);
  const own = JSON.parse(decoded?.userData.toString() ?? '{}') as Partial<OwnData>;
  return {
    memberId,
    topics: new Map(Object.entries(own.partitions ?? {})),
    owned: fromTable(own.owned ?? {}),
    generation: own.generation ?? -1,
  };
}

/** What the leader gives a member. */
export const encodeAssignment = (partitions: readonly TopicPartition[]): Buffer =>
  kafkajs.AssignerProtocol.MemberAssignment.encode({ version, assignment: toTable(partitions), userData: Buffer.alloc(0) });

export function decodeAssignment(assignment: Buffer): readonly TopicPartition[] {
  return fromTable(kafkajs.AssignerProtocol.MemberAssignment.decode(assignment)?.assignment ?? {});
}

interface OwnData {
  readonly generation: number;
  readonly owned: Table;
  readonly partitions: Readonly<Record<string, number>>;
}

type Table = Record<string, number[]>;

function toTable(partitions: readonly TopicPartition[]): Table {
  const table: Table = {};
  for (const { topic, partition } of partitions) (table[topic] ??= []).push(partition);
  return table;
}

const fromTable = (table: Readonly<Table>): readonly TopicPartition[] =>
  Object.entries(table).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));
