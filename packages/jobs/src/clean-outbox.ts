import { databases, removing, type Database, type Job, type JobPart } from './job.ts';

/**
 * What is removed when. An inbox row outlives every topic, or a redrive would apply an effect twice; what is parked stays until it is redriven. Records of
 * interventions are kept for ever.
 */
const kept = [
  { name: 'outbox', key: 'id', old: `published_at < now() - interval '24 hours'` },
  { name: 'inbox', key: 'consumer, event_id', old: `state = 'DONE' AND seen_at < now() - interval '30 days'` },
  { name: 'dead_letter', key: 'id', old: `redriven_at < now() - interval '30 days'` },
  { name: 'idempotency', key: 'scope, operation, key', old: `created_at < now() - interval '7 days'` },
] as const;

const partsOf = (database: Database): readonly JobPart[] =>
  kept.map(({ name, key, old }) =>
    removing(
      { database, name: `${database} ${name}` },
      'removed',
      `DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM ${name} WHERE ${old} LIMIT $1::int FOR UPDATE SKIP LOCKED)`,
      `SELECT count(*)::int AS total FROM ${name} WHERE ${old}`,
    ),
  );

/** Removes what no delivery, redrive or repeated request can need any more. */
export const cleanOutbox: Job = {
  name: 'clean-outbox',
  does: 'removes published events, old inbox rows, redriven letters and idempotency keys past 7 days',
  parts: databases.flatMap(partsOf),
};
