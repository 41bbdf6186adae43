import { lockedSequence } from '@tally/events';
import { newId, toUuid } from '@tally/kernel';
import { maxAddresses } from '../../domain/address.ts';
import type { Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import type { AccountReads, AccountsStore } from '../../ports/accounts-store.ts';
import { toAccount, toAddress } from './rows.ts';

const uuids = (prefix: string, ids: readonly string[]): string[] => ids.filter((id) => id.startsWith(prefix)).map((id) => toUuid(id as never));

export function createAccountsStore(tx: Prisma.TransactionClient): AccountsStore {
  return {
    async add({ id, email, displayName, passwordHash }) {
      const [row] = await tx.account.createManyAndReturn({
        data: [{ id: toUuid(id), email, displayName, role: 'CUSTOMER', locale: 'en', passwordHash }],
        skipDuplicates: true,
      });
      return row === undefined ? null : { account: toAccount(row), sequence: lockedSequence(row.version) };
    },

    async byEmail(email) {
      const row = await tx.account.findUnique({ where: { email } });
      return row === null ? null : { account: toAccount(row), passwordHash: row.passwordHash };
    },

    async replaceHash(userId, passwordHash) {
      await tx.account.update({ where: { id: toUuid(userId) }, data: { passwordHash, updatedAt: new Date() } });
    },

    async saveAddress(userId, id, draft) {
      // The account row is the lock that keeps one default and the number of addresses true under parallel saves.
      const user = toUuid(userId);
      await tx.$queryRaw`SELECT id FROM account WHERE id = ${user}::uuid FOR UPDATE`;
      const known = await tx.address.findMany({ where: { userId: user }, select: { id: true } });
      if (id !== null && !known.some((row) => row.id === toUuid(id))) return null;
      if (id === null && known.length >= maxAddresses) return 'full';
      const isDefault = draft.isDefault || known.length === 0;
      if (isDefault) await tx.address.updateMany({ where: { userId: user, isDefault: true }, data: { isDefault: false } });
      const saved = id ?? newId('adr');
      const { isDefault: _, ...fields } = draft;
      await tx.address.upsert({
        where: { id: toUuid(saved) },
        create: { ...fields, isDefault, id: toUuid(saved), userId: user },
        update: { ...fields, ...(isDefault ? { isDefault } : {}) },
      });
      return saved;
    },

    async removeAddress(userId, id) {
      const { count } = await tx.address.deleteMany({ where: { id: toUuid(id), userId: toUuid(userId) } });
      return count === 1;
    },
  };
}

export function createAccountReads(client: PrismaClient): AccountReads {
  return {
    async accounts(ids) {
      const rows = await client.account.findMany({ where: { id: { in: uuids('usr_', ids) } } });
      return new Map(rows.map((row) => [toAccount(row).id as string, toAccount(row)]));
    },
    async addresses(userIds) {
      const rows = await client.address.findMany({
        where: { userId: { in: uuids('usr_', userIds) } },
        orderBy: [{ isDefault: 'desc' }, { createdAt: 'asc' }, { id: 'asc' }],
      });
      const byUser = Map.groupBy(rows, (row) => `usr_${row.userId.replaceAll('-', '')}`);
      return new Map(userIds.map((id) => [id, (byUser.get(id) ?? []).map(toAddress)]));
    },
  };
}
