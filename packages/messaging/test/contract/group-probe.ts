import type { DeliveredRecord, Delivery, LogRecord } from '../../src/index.ts';

/** Watches the deliveries of one or several members: what was seen, in which order, and how much of it at the same moment. */
export interface GroupProbe {
  /** Every record that was begun, in order, repeats included. */
  readonly seen: readonly DeliveredRecord[];
  /** Most records of one key that were in hand at the same moment. */
  readonly mostPerKey: number;
  /** Most partitions that were in hand at the same moment. */
  readonly mostPartitions: number;
  /** A handler that does `work` for each record and states it. */
  handler(work?: (record: DeliveredRecord, delivery: Delivery) => Promise<void> | void): (delivery: Delivery) => Promise<void>;
  /** `key:sequence` of each record at its first appearance. */
  firstAppearances(): readonly string[];
}

/** A probe that has seen nothing. */
export function createGroupProbe(): GroupProbe {
  const seen: DeliveredRecord[] = [];
  const keys = new Map<string, number>();
  const partitions = new Map<string, number>();
  const most = { perKey: 0, partitions: 0 };
  const enter = (map: Map<string, number>, name: string): number => map.set(name, (map.get(name) ?? 0) + 1).get(name) ?? 0;
  const leave = (map: Map<string, number>, name: string): void => {
    const left = (map.get(name) ?? 1) - 1;
    if (left === 0) map.delete(name);
    else map.set(name, left);
  };
  return {
    seen,
    get mostPerKey() {
      return most.perKey;
    },
    get mostPartitions() {
      return most.partitions;
    },
    handler(work = () => undefined) {
      return async (delivery) => {
        const partition = `${delivery.topic}/${delivery.partition}`;
        enter(partitions, partition);
        most.partitions = Math.max(most.partitions, partitions.size);
        try {
          for (const record of delivery.records) {
            if (delivery.signal.aborted) return;
            most.perKey = Math.max(most.perKey, enter(keys, record.key));
            seen.push(record);
            try {
              await work(record, delivery);
            } finally {
              leave(keys, record.key);
            }
            delivery.handled(record);
          }
        } finally {
          leave(partitions, partition);
        }
      };
    },
    firstAppearances: () => [...new Set(seen.map(nameOf))],
  };
}

/** `key:sequence` of a record. */
export const nameOf = ({ key, sequence }: Pick<LogRecord, 'key' | 'sequence'>): string => `${key}:${String(sequence)}`;

/** The first appearances of a key's records, as sequences. */
export const sequencesOf = (probe: GroupProbe, key: string): readonly number[] =>
  probe
    .firstAppearances()
    .filter((name) => name.startsWith(`${key}:`))
    .map((name) => Number(name.slice(key.length + 1)));
