import { ok, refuse, type Id, type Outcome } from '@tally/kernel';
import type { PaymentMethod } from '../domain/payment-method.ts';
import type { Transact } from '../ports/transact.ts';

/** Forgets a payment method of a buyer; orders under way keep its token. The newest of the others becomes the default if this was it. */
export function createRemovePaymentMethod({ transact }: { readonly transact: Transact }) {
  return function removePaymentMethod(userId: Id<'usr'>, id: Id<'pm'>): Promise<Outcome<PaymentMethod, 'NOT_FOUND'>> {
    return transact(async ({ methods }) => {
      await methods.lock(userId);
      const kept = await methods.of(userId);
      const removed = kept.find((method) => method.id === id);
      if (removed === undefined) return refuse('NOT_FOUND');
      await methods.remove(userId, id);
      const next = kept.findLast((method) => method.id !== id);
      if (removed.isDefault && next !== undefined) await methods.makeDefault(userId, next.id);
      return ok(removed);
    });
  };
}
