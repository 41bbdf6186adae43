import type { MoneyRequest } from '../domain/money-request.ts';
import type { Verdict } from '../domain/tokens.ts';
import type { Queryable } from './database.ts';

/** An operation that will be done although its caller is gone. */
export interface LateOperation {
  readonly request: MoneyRequest;
  readonly verdict: Verdict;
  readonly behaviour: string;
}

/** Keeps an operation until it is due, `ms` milliseconds of database time from now. */
export async function postpone(db: Queryable, { request, verdict, behaviour }: LateOperation, ms: number): Promise<void> {
  await db.query(
    `INSERT INTO late_operation (due_at, request, verdict, behaviour) VALUES (now() + $1::float8 * interval '1 ms', $2, $3, $4)`,
    [ms, JSON.stringify(request), verdict, behaviour],
  );
}

/** Takes the operation that has been due longest; `null` when none is due. It comes back if the transaction fails. */
export async function takeDue(tx: Queryable): Promise<LateOperation | null> {
  const { rows } = await tx.query<{ request: MoneyRequest; verdict: Verdict; behaviour: string }>(
    `DELETE FROM late_operation WHERE id = (SELECT id FROM late_operation WHERE due_at <= now() ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING request, verdict, behaviour`,
  );
  return rows[0] ?? null;
}

/** Milliseconds until the next operation is due, 0 if one is overdue; `null` when none waits. */
export async function untilNextDue(db: Queryable): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    // A row or none, no aggregate: greatest(0, NULL) is 0, and an empty table would be due at once, for ever.
    'SELECT greatest(0, ceil(extract(epoch FROM due_at - clock_timestamp()) * 1000))::int AS ms FROM late_operation ORDER BY due_at LIMIT 1',
  );
  return rows[0]?.ms ?? null;
}
