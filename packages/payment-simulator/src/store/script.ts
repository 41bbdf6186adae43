import type { Queryable } from './database.ts';

/** Puts answers at the end of the queue, in their order. A null token means calls with any token. */
export async function enqueue(db: Queryable, operation: string, token: string | null, behaviours: readonly string[]): Promise<void> {
  await db.query(
    `INSERT INTO script (operation, token, behaviour) SELECT $1, $2, next.behaviour FROM unnest($3::text[]) WITH ORDINALITY AS next (behaviour, place) ORDER BY place`,
    [operation, token, behaviours],
  );
}

/** Takes the oldest answer meant for such a call; `null` when there is none. Parallel calls take different ones. */
export async function takeNext(db: Queryable, operation: string, token: string | null): Promise<string | null> {
  const { rows } = await db.query<{ behaviour: string }>(
    `DELETE FROM script WHERE id = (
       SELECT id FROM script WHERE operation = $1 AND (token IS NULL OR token = $2) ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
     ) RETURNING behaviour`,
    [operation, token],
  );
  return rows[0]?.behaviour ?? null;
}

/** Forgets all answers that were not taken. */
export async function clear(db: Queryable): Promise<void> {
  await db.query('DELETE FROM script');
}
