import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { ContactsStore } from '../../ports/contacts-store.ts';

interface ContactColumns {
  readonly user_id: string;
  readonly email: string;
  readonly display_name: string | null;
  readonly locale: string;
}

const select = 'SELECT user_id, email, display_name, locale FROM contact WHERE user_id = $1::uuid';

const replace = `WITH applied AS (
  INSERT INTO contact (user_id, email, display_name, locale, version) VALUES ($1::uuid, $2, $3, $4, $5::bigint)
  ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, display_name = excluded.display_name, locale = excluded.locale, version = excluded.version
  WHERE contact.version < excluded.version RETURNING user_id
), hurried AS (
  UPDATE notification n SET next_attempt_at = now() FROM applied
  WHERE n.user_id = applied.user_id AND n.status IN ('QUEUED', 'FAILED') AND n.next_attempt_at > now()
)
SELECT user_id FROM applied`;

/** Contacts on an open transaction. */
export function createContactsStore(sql: Sql): ContactsStore {
  return {
    async of(userId) {
      const [row] = await sql.rows<ContactColumns>(select, [toUuid(userId)]);
      if (row === undefined) return null;
      return { userId: fromUuid('usr', row.user_id), email: row.email, displayName: row.display_name, locale: row.locale };
    },
    async replace({ userId, email, displayName, locale }, version) {
      return (await sql.rows(replace, [toUuid(userId), email, displayName, locale, version])).length === 1;
    },
  };
}
