import type { Sql } from '@tally/messaging';
import { toUuid } from '@tally/kernel';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { PaymentMethodsStore } from '../../ports/payment-methods.ts';
import { toMethod } from './method-rows.ts';

/** Payment methods on an open transaction. */
export function createPaymentMethodsStore(tx: Pick<Prisma.TransactionClient, 'paymentMethodRow'>, sql: Sql): PaymentMethodsStore {
  return {
    // There may be no row to lock yet, and two first methods would both want to be the default.
    async lock(userId) {
      await sql.rows(`SELECT pg_advisory_xact_lock(hashtextextended('payment_method ' || $1, 0))::text`, [userId]);
    },
    async of(userId) {
      return (await tx.paymentMethodRow.findMany({ where: { userId: toUuid(userId) }, orderBy: { id: 'asc' } })).map(toMethod);
    },
    async add({ id, userId, provider, token, kind, makeDefault }) {
      await tx.paymentMethodRow.create({ data: { id: toUuid(id), userId: toUuid(userId), provider, token, kind, isDefault: false } });
      if (makeDefault) await this.makeDefault(userId, id);
    },
    async makeDefault(userId, id) {
      await tx.paymentMethodRow.updateMany({ where: { userId: toUuid(userId), isDefault: true }, data: { isDefault: false } });
      await tx.paymentMethodRow.updateMany({ where: { userId: toUuid(userId), id: toUuid(id) }, data: { isDefault: true } });
    },
    async remove(userId, id) {
      await tx.paymentMethodRow.deleteMany({ where: { userId: toUuid(userId), id: toUuid(id) } });
    },
  };
}
