import type { DeliveredRecord, EventLog } from './event-log.ts';

/**
 * All that the log holds of some topics at this moment, each partition in its order. For witnesses: everything is held in memory.
 *
 * @param topics names; one that does not exist holds nothing.
 */
export async function dumpLog(log: EventLog, topics: readonly string[]): Promise<readonly DeliveredRecord[]> {
  const records: DeliveredRecord[] = [];
  await using feed = await log.follow({ topics, from: new Date(0), onRecord: (record) => records.push(record) });
  await feed.following;
  return [...records];
}
