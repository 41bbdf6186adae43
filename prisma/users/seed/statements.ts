// Each statement loads one table whole. $1 is the JSON of all rows; versions and sequences are 1, since nothing was there before.

/** `$2` is the hash of the demo password, `$3` the ids of the accounts that have it. `!` is no hash: nobody signs in with it. */
export const insertAccounts = `INSERT INTO account (id, email, display_name, role, locale, password_hash, created_at, updated_at)
SELECT id, email, display_name, role, locale, CASE WHEN id = ANY($3::uuid[]) THEN $2 ELSE '!' END, created_at, created_at
FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, email text, display_name text, role text, locale text, created_at timestamptz)`;

export const insertAddresses = `INSERT INTO address (id, user_id, label, name, line1, city, postal_code, country, is_default, created_at)
SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (id uuid, user_id uuid, label text, name text, line1 text, city text, postal_code text, country text,
  is_default boolean, created_at timestamptz)`;

export const insertEvents = `INSERT INTO outbox (event_id, topic, key, sequence, type, payload)
SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (event_id uuid, topic text, key text, sequence bigint, type text, payload text)`;
