import { SCHEMAS } from '@tally/embedded';
import type { LoggedStatement } from './statement-log.ts';
import type { Sql } from '@tally/testkit';

/** One statement of one role, without its values. */
export interface StatementCount {
  readonly role: string;
  readonly text: string;
  readonly calls: number;
  /** Time in the server, milliseconds. */
  readonly ms: number;
}

/** Counts by role and statement. */
export type Statements = ReadonlyMap<string, StatementCount>;

const control = String.raw`^\s*(BEGIN|COMMIT|ROLLBACK|START TRANSACTION)\M`;

const read = `SELECT role.rolname AS role, stat.queryid::text AS id, stat.query AS text, stat.calls::float8 AS calls, stat.total_exec_time AS ms
FROM public.pg_stat_statements AS stat JOIN pg_roles AS role ON role.oid = stat.userid WHERE role.rolname = ANY($1) AND stat.toplevel AND stat.query !~* '${control}'`;

/**
 * Everything the apps have sent so far but BEGIN and COMMIT, which the server does not count when they are prepared statements; what administrators and
 * benches send is not counted.
 *
 * @param sql as the administrator, in the platform's database.
 */
export async function readStatements(sql: Sql): Promise<Statements> {
  const rows = (await sql.rows(read, [SCHEMAS])) as unknown as readonly (StatementCount & { readonly id: string })[];
  return new Map(rows.map(({ id, ...count }) => [`${count.role} ${id}`, count]));
}

export function statementsBetween(before: Statements, after: Statements): readonly StatementCount[] {
  return [...after].flatMap(([key, { calls, ms, ...statement }]) => {
    const earlier = before.get(key);
    const added = calls - (earlier?.calls ?? 0);
    return added > 0 ? [{ ...statement, calls: added, ms: ms - (earlier?.ms ?? 0) }] : [];
  });
}

export const totalCalls = (statements: readonly StatementCount[]): number => statements.reduce((sum, { calls }) => sum + calls, 0);

/** Calls by role. */
export const callsByRole = (statements: readonly StatementCount[]): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(statements, ({ role }) => role)].map(([role, group]) => [role, totalCalls(group)]));

/** BEGIN and COMMIT by role, as the server's log shows them. */
export const countControl = (logged: readonly LoggedStatement[]): ReadonlyMap<string, number> =>
  callsByRole(
    logged
      .filter(({ text }) => /^\s*(BEGIN|COMMIT|ROLLBACK|START TRANSACTION)\b/i.test(text))
      .map(({ role, text }) => ({ role, text, calls: 1, ms: 0 })),
  );
