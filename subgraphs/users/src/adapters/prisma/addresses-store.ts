import { toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { AddressesStore } from '../../ports/addresses-store.ts';

// Weaker than FOR UPDATE: a sign-in, which only refers to the account, does not wait for it.
const lockAccount = 'SELECT 1 FROM account WHERE id = $1::uuid FOR NO KEY UPDATE';

// A statement of its own, behind the lock: its snapshot shows what the one before us committed.
const look = 'SELECT count(*)::int AS count, coalesce(bool_or(id = $2::uuid), false) AS known FROM address WHERE user_id = $1::uuid';

const dropDefault = 'UPDATE address SET is_default = false WHERE user_id = $1::uuid AND is_default AND id <> $2::uuid';

const takeDefault = `UPDATE address SET is_default = true
WHERE id = (SELECT id FROM address WHERE user_id = $1::uuid ORDER BY is_default DESC, created_at, id LIMIT 1) AND NOT is_default`;

export function createAddressesStore(tx: Prisma.TransactionClient, sql: Sql): AddressesStore {
  return {
    async lock(userId, address) {
      if ((await sql.rows(lockAccount, [toUuid(userId)])).length === 0) return null;
      const [kept] = await sql.rows<{ count: number; known: boolean }>(look, [toUuid(userId), address === null ? null : toUuid(address)]);
      return kept ?? null;
    },
    async put(userId, id, { isDefault, ...fields }, isNew) {
      // First, because the index that allows one default is checked row by row.
      if (isDefault) await sql.count(dropDefault, [toUuid(userId), toUuid(id)]);
      if (isNew) await tx.address.createMany({ data: [{ ...fields, isDefault, id: toUuid(id), userId: toUuid(userId) }] });
      else
        await tx.address.updateMany({
          where: { id: toUuid(id), userId: toUuid(userId) },
          data: { ...fields, ...(isDefault ? { isDefault } : {}) },
        });
    },
    async remove(userId, id) {
      await tx.address.deleteMany({ where: { id: toUuid(id), userId: toUuid(userId) } });
      await sql.count(takeDefault, [toUuid(userId)]);
    },
  };
}
