import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { AccountReads } from '../../ports/account-reads.ts';
import { accountColumns, toAccount, toAddress, type AccountRow } from './rows.ts';

// Arrays as one parameter: Prisma's `in` gives another text, and another prepared statement, for each number of ids.
const selectAccounts = `SELECT ${accountColumns} FROM account WHERE id = ANY($1::uuid[])`;

const selectAddresses = `SELECT id, user_id AS "userId", label, name, line1, line2, city, region, postal_code AS "postalCode", country,
  is_default AS "isDefault", created_at AS "createdAt"
FROM address WHERE user_id = ANY($1::uuid[]) ORDER BY is_default DESC, created_at, id`;

export function createAccountReads(sql: Sql): AccountReads {
  return {
    accounts: async (ids) => (await sql.rows<AccountRow>(selectAccounts, [ids.map(toUuid)])).map(toAccount),
    async addresses(userIds) {
      const rows = await sql.rows<Parameters<typeof toAddress>[0]>(selectAddresses, [userIds.map(toUuid)]);
      const byUser = Map.groupBy(rows, (row) => fromUuid('usr', row.userId));
      return new Map(userIds.map((id) => [id, (byUser.get(id) ?? []).map(toAddress)]));
    },
  };
}
