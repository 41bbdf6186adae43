import type { Transaction } from '@tally/simulation';
import type { PaymentMethodsStore } from '../src/ports/payment-methods.ts';
import { methods } from './tables.ts';

/** Payment methods on an open transaction in memory. */
export function createPaymentMethodsStore(transaction: Transaction): PaymentMethodsStore {
  return {
    async lock(userId) {
      await transaction.statement();
      await transaction.advisory(`payment_method ${userId}`);
    },
    async of(userId) {
      await transaction.statement();
      return transaction.rowsBy(methods, 'user', userId).toSorted((left, right) => (left.id < right.id ? -1 : 1));
    },
    async add({ makeDefault, ...method }) {
      await transaction.statement();
      const createdAt = transaction.startedAt;
      await transaction.insertNew(methods, { ...method, brand: null, last4: null, isDefault: false, createdAt });
      if (makeDefault) await this.makeDefault(method.userId, method.id);
    },
    async makeDefault(userId, id) {
      await transaction.statement();
      const [before] = transaction.rowsBy(methods, 'default', userId);
      const former = before === undefined ? undefined : await transaction.lock(methods, before.id);
      if (former?.isDefault === true) transaction.put(methods, { ...former, isDefault: false });
      await transaction.statement();
      const method = transaction.read(methods, id)?.userId === userId ? await transaction.lock(methods, id) : undefined;
      if (method !== undefined) transaction.put(methods, { ...method, isDefault: true });
    },
    async remove(userId, id) {
      await transaction.statement();
      if (transaction.read(methods, id)?.userId !== userId) return;
      if ((await transaction.lock(methods, id)) !== undefined) transaction.remove(methods, id);
    },
  };
}
