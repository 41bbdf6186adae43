import { lockedSequence } from '@tally/events';
import { toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { AccountsStore } from '../../ports/accounts-store.ts';
import { accountColumns, toAccount, type AccountRow } from './rows.ts';

const insert = `INSERT INTO account (id, email, display_name, role, locale, password_hash) VALUES ($1::uuid, $2, $3, 'CUSTOMER', 'en', $4)
ON CONFLICT (email) DO NOTHING RETURNING ${accountColumns}`;

const selectByEmail = `SELECT ${accountColumns}, account.password_hash FROM account WHERE email = $1`;

const updateHash = 'UPDATE account SET password_hash = $3, updated_at = now() WHERE id = $1::uuid AND password_hash = $2';

export function createAccountsStore(sql: Sql): AccountsStore {
  return {
    async add({ id, email, displayName, passwordHash }) {
      const [row] = await sql.rows<AccountRow>(insert, [toUuid(id), email, displayName, passwordHash]);
      return row === undefined ? null : { account: toAccount(row), sequence: lockedSequence(row.version) };
    },
    async byEmail(email) {
      const [row] = await sql.rows<AccountRow & { readonly password_hash: string }>(selectByEmail, [email]);
      return row === undefined ? null : { account: toAccount(row), passwordHash: row.password_hash };
    },
    async replaceHash(userId, verified, renewed) {
      await sql.count(updateHash, [toUuid(userId), verified, renewed]);
    },
  };
}
