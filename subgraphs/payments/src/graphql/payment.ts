import { money, type Money } from '@tally/kernel';
import { presentMoney, requireScope, type PresentedMoney } from '@tally/subgraph-kit';
import type { Payment } from '../domain/payment.ts';
import type { PaymentResolvers, RefundResolvers } from '../generated/resolvers.ts';
import { readScope } from './context.ts';

// Nobody gets to see a payment without an amount: the tombstone of a void that came first.
const amountOf = ({ amount }: Payment): Money => amount ?? money(0, 'XXX');
const present = (payment: Payment, amount: number): PresentedMoney => presentMoney(money(amount, amountOf(payment).currency));

export const payment: PaymentResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.payments.load(id),
  order: ({ orderId }) => ({ id: orderId }),
  nextAction: ({ status, action }) => (status === 'REQUIRES_ACTION' ? action : null),
  amount: (parent) => presentMoney(amountOf(parent)),
  captured: (parent) => present(parent, parent.captured),
  refunded: (parent) => present(parent, parent.refunded),
  attempts: async ({ id }, _, { viewer, loaders }) => {
    requireScope(viewer, readScope);
    return [...((await loaders.attempts.load(id)) ?? [])];
  },
  refunds: async ({ id }, _, { loaders }) => [...((await loaders.refunds.load(id)) ?? [])],
};

export const refund: RefundResolvers = {
  amount: ({ amount }) => presentMoney(amount),
};
