import { newId, ok, refuse, type Id, type Outcome } from '@tally/kernel';
import { maxPaymentMethods, parseMethod, type MethodProblem, type PaymentMethod } from '../domain/payment-method.ts';
import type { Transact } from '../ports/transact.ts';

export interface AddPaymentMethod {
  readonly userId: Id<'usr'>;
  readonly provider: string;
  readonly token: string;
  readonly makeDefault: boolean;
}

/** Keeps a provider's token for a buyer. The token is the natural key: adding it twice keeps one. A buyer's first method is the default. */
export function createAddPaymentMethod({ transact }: { readonly transact: Transact }) {
  return async function addPaymentMethod(command: AddPaymentMethod): Promise<Outcome<PaymentMethod, MethodProblem>> {
    const parsed = parseMethod(command.provider, command.token);
    if (!parsed.ok) return parsed;
    const { userId, makeDefault } = command;
    const { provider, token } = parsed.value;
    return transact(async ({ methods }) => {
      await methods.lock(userId);
      const kept = await methods.of(userId);
      const same = kept.find((method) => method.provider === provider && method.token === token);
      if (same !== undefined) {
        if (makeDefault && !same.isDefault) await methods.makeDefault(userId, same.id);
        return ok({ ...same, isDefault: same.isDefault || makeDefault });
      }
      if (kept.length >= maxPaymentMethods)
        return refuse({ field: 'token', message: `At most ${String(maxPaymentMethods)} payment methods are kept: remove one first.` });
      const isDefault = makeDefault || kept.length === 0;
      const id = newId('pm');
      await methods.add({ id, userId, provider, token, kind: 'SIMULATOR', makeDefault: isDefault });
      return ok({ id, userId, provider, token, kind: 'SIMULATOR', brand: null, last4: null, isDefault });
    });
  };
}
