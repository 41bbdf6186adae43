import { newId, toUuid, type Id } from '@tally/kernel';
import pg from 'pg';

/** A payment method that a demo account begins with. */
export interface SeededMethod {
  /** Made up when absent. */
  readonly id?: Id<'pm'>;
  readonly userId: Id<'usr'>;
  /** A token of the payment simulator, such as `tok_ok`. */
  readonly token: string;
  /** At most one per user. */
  readonly isDefault: boolean;
}

const insert = `INSERT INTO payment_method (id, user_id, provider, token, kind, is_default)
SELECT id, user_id, 'simulator', token, 'SIMULATOR', is_default
FROM jsonb_to_recordset($1::jsonb) AS method(id uuid, user_id uuid, token text, is_default boolean)
ON CONFLICT (user_id, provider, token) DO NOTHING`;

/**
 * Gives demo accounts their payment methods. A token that a user has already stays as it is, so seeding twice is seeding once.
 *
 * @param options.url of the role `payments`, whose search_path is its schema.
 * @returns how many were new.
 */
export async function seedPaymentMethods({
  url,
  methods,
}: {
  readonly url: string;
  readonly methods: readonly SeededMethod[];
}): Promise<number> {
  const rows = methods.map(({ id, userId, token, isDefault }) => ({
    id: toUuid(id ?? newId('pm')),
    user_id: toUuid(userId),
    token,
    is_default: isDefault,
  }));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(insert, [JSON.stringify(rows)])).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
