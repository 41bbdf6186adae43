/** A record of an event log that is not in the audited database. */
export interface DumpedRecord {
  readonly topic: string;
  readonly partition: number;
  /** Number that rises within the partition; the first one ever written has 0. */
  readonly position: number;
  readonly key: string;
  /** Bare UUID. */
  readonly eventId: string;
  readonly type: string;
  readonly sequence: number;
  readonly time: Date;
}

/** Where the checks find the log: names of two relations, of the shape of `event_log.record` and `event_log.partition`. */
export interface LogTables {
  readonly record: string;
  readonly partition: string;
  /** Comes before each statement that names them, with its values. */
  readonly preamble: { readonly text: string; readonly values: readonly unknown[] };
}

/** The log in the audited database. */
export const ownLog: LogTables = {
  record: 'event_log.record',
  partition: 'event_log.partition',
  preamble: { text: '', values: [] },
};

// Without an index, which a role that may write nothing cannot have: the planner hashes. A partition whose first record is gone has been trimmed.
const dumped = `WITH log_record AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(topic text, partition int, position bigint, key text,
  event_id uuid, type text, sequence bigint, appended_at timestamptz)),
log_partition AS (SELECT topic, partition, min(position) AS trimmed_through FROM log_record GROUP BY topic, partition HAVING min(position) > 0)
`;

/** A log that was dumped. */
export function dumpedLog(dump: readonly DumpedRecord[]): LogTables {
  const rows = dump.map(({ eventId, time, ...rest }) => ({ ...rest, event_id: eventId, appended_at: time }));
  return { record: 'log_record', partition: 'log_partition', preamble: { text: dumped, values: [JSON.stringify(rows)] } };
}
