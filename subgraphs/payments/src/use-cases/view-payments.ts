import type { Id } from '@tally/kernel';
import type { Payment } from '../domain/payment.ts';
import type { PaymentsReader } from '../ports/payments-reader.ts';

/** Who looks: a person or nobody in particular, and whether all payments are theirs to see. */
export interface Onlooker {
  readonly userId: Id<'usr'> | null;
  readonly seesAll: boolean;
}

/** What the graph reads. Of payments only those that the onlooker may see: missing and foreign look alike. */
export function createViewPayments(reader: PaymentsReader) {
  const maySee = ({ userId, seesAll }: Onlooker, { buyerId }: Payment): boolean => buyerId !== null && (seesAll || buyerId === userId);

  const only = <Key>(onlooker: Onlooker, found: ReadonlyMap<Key, Payment>): ReadonlyMap<Key, Payment> =>
    new Map([...found].filter(([, payment]) => maySee(onlooker, payment)));

  return {
    byId: async (onlooker: Onlooker, ids: readonly Id<'pay'>[]) => only(onlooker, await reader.byId(ids)),
    byOrder: async (onlooker: Onlooker, ids: readonly Id<'ord'>[]) => only(onlooker, await reader.byOrder(ids)),
    /** Of payments that were seen. */
    attempts: reader.attempts,
    refunds: reader.refunds,
    /** Nobody but their owner. */
    methods: async ({ userId }: Onlooker, users: readonly Id<'usr'>[]) =>
      userId !== null && users.includes(userId) ? reader.methods([userId]) : new Map<Id<'usr'>, never>(),
  };
}

export type ViewPayments = ReturnType<typeof createViewPayments>;
