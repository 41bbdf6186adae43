import type { Sql } from '../sql.ts';

/** What a person does about trouble, in words that others understand a year later. */
export interface NewIntervention {
  /** A user, a service, or who ran a command on the server. */
  readonly actor: string;
  /** The mutation or command. */
  readonly action: string;
  /** What it is done to: an id, or a topic with its key. */
  readonly subject: string;
  /** In the person's own words. */
  readonly reason: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** One that was done. */
export interface Intervention extends NewIntervention {
  /** Rises with each; unique within the subgraph. */
  readonly id: string;
  readonly at: Date;
}

/** One page, newest first. */
export interface InterventionPage {
  readonly interventions: readonly Intervention[];
  readonly hasNext: boolean;
  /** Of all; stops at 10,001. */
  readonly total: number;
}

/** The record of what people did, on a connection or open transaction. All throw database errors. */
export interface Interventions {
  /** Puts one on record; belongs into the transaction of its effect. */
  record(intervention: NewIntervention): Promise<void>;
  /** @param before id of the last of the page before. @param first 1 to 100. */
  page(before: string | null, first: number): Promise<InterventionPage>;
}

const insert = 'INSERT INTO intervention (actor, action, subject, reason, details) VALUES ($1, $2, $3, $4, $5::jsonb)';
const page = `SELECT id::text AS id, actor, action, subject, reason, details, at FROM intervention
WHERE $1::bigint IS NULL OR id < $1::bigint ORDER BY intervention.id DESC LIMIT $2::int`;
const count = 'SELECT count(*)::int AS total FROM (SELECT FROM intervention LIMIT 10001) counted';

/** The record on a connection or transaction. */
export function interventionsOn(sql: Sql): Interventions {
  return {
    async record({ actor, action, subject, reason, details }) {
      await sql.count(insert, [actor, action, subject, reason, JSON.stringify(details)]);
    },
    async page(before, first) {
      const rows = await sql.rows<Intervention>(page, [before, first + 1]);
      const [all] = await sql.rows<{ total: number }>(count);
      return { interventions: rows.slice(0, first), hasNext: rows.length > first, total: all?.total ?? 0 };
    },
  };
}
