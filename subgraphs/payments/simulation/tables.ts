import { defineTable } from '@tally/simulation';
import type { Id } from '@tally/kernel';
import type { AttemptOutcome } from '../src/domain/attempt.ts';
import type { Call, OperationState } from '../src/domain/operation.ts';
import type { PaymentStatus } from '../src/domain/payment.ts';
import type { RefundStatus } from '../src/domain/refund.ts';

// Members are the columns in camel case, ids in their spelling outside the tables. Unique keys and checks are those of the migration; foreign keys are
// left out, for nothing here deletes what they point to.

export interface PaymentRow {
  readonly id: Id<'pay'>;
  readonly orderId: Id<'ord'>;
  readonly buyerId: Id<'usr'> | null;
  readonly provider: string;
  readonly token: string | null;
  readonly status: PaymentStatus;
  /** Minor units of `currency`, like the other amounts. */
  readonly amount: number | null;
  readonly currency: string | null;
  readonly captured: number;
  readonly refunded: number;
  readonly providerRef: string | null;
  readonly actionUrl: string | null;
  readonly actionExpiresAt: Date | null;
  readonly attention: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const payments = defineTable<PaymentRow>({
  name: 'payment',
  key: ({ id }) => id,
  unique: { order: ({ orderId }) => orderId },
  checks: {
    amounts: ({ amount, captured, refunded }) => refunded >= 0 && refunded <= captured && captured <= (amount ?? 0),
    tombstone: ({ buyerId, amount, currency, status }) =>
      amount === null || currency === null ? amount === currency && status === 'VOIDED' : buyerId !== null && amount >= 0,
  },
});

export interface StreamRow {
  readonly orderId: Id<'ord'>;
  readonly sequence: number;
}

export const streams = defineTable<StreamRow>({ name: 'payment_stream', key: ({ orderId }) => orderId });

export interface OperationRow {
  readonly id: number;
  readonly paymentId: Id<'pay'>;
  readonly commandId: Id<'cmd'>;
  readonly operation: Call;
  readonly call: Call;
  readonly key: string;
  readonly refundId: Id<'ref'> | null;
  readonly state: OperationState;
  readonly deadlineAt: Date | null;
  readonly runAt: Date;
  readonly leaseUntil: Date | null;
  readonly fence: number;
  readonly tries: number;
  readonly enquiries: number;
  readonly doubtSince: Date | null;
  readonly unknownSince: Date | null;
  readonly hurried: boolean;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly createdAt: Date;
  readonly doneAt: Date | null;
}

/** Whether a worker may still have something to do about it without a person. */
export const isOpen = ({ state }: OperationRow): boolean => state === 'READY' || state === 'ENQUIRE' || state === 'AWAITING_BUYER';

export const operations = defineTable<OperationRow>({
  name: 'payment_operation',
  key: ({ id }) => String(id),
  unique: { command: ({ commandId }) => commandId },
  indexes: {
    payment: ({ paymentId }) => paymentId,
    // The two queues of open operations: what nobody has begun, and everything else.
    queue: (row) => (!isOpen(row) ? null : row.state === 'READY' && row.leaseUntil === null ? 'CALLS' : 'ENQUIRIES'),
  },
  checks: {
    kind: ({ operation, call, refundId }) =>
      (call === operation || (operation === 'AUTHORISE' && call === 'VOID')) && (operation === 'REFUND') === (refundId !== null),
  },
});

export interface AttemptRow {
  readonly id: Id<'att'>;
  readonly paymentId: Id<'pay'>;
  readonly number: number;
  readonly operation: Call | 'ENQUIRE';
  readonly outcome: AttemptOutcome;
  readonly providerRef: string | null;
  readonly errorCode: string | null;
  readonly latencyMs: number | null;
  readonly at: Date;
}

export const attempts = defineTable<AttemptRow>({
  name: 'payment_attempt',
  key: ({ id }) => id,
  unique: {
    number: ({ paymentId, number }) => `${paymentId} ${String(number)}`,
    // At most one call of a payment is under way.
    open: ({ paymentId, outcome }) => (outcome === 'STARTED' ? paymentId : null),
  },
  indexes: { payment: ({ paymentId }) => paymentId },
});

export interface RefundRow {
  readonly id: Id<'ref'>;
  readonly paymentId: Id<'pay'>;
  readonly status: RefundStatus;
  readonly amount: number;
  readonly reason: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const refunds = defineTable<RefundRow>({
  name: 'refund',
  key: ({ id }) => id,
  indexes: { payment: ({ paymentId }) => paymentId },
  checks: { amount: ({ amount }) => amount > 0 },
});

export interface MethodRow {
  readonly id: Id<'pm'>;
  readonly userId: Id<'usr'>;
  readonly provider: string;
  readonly token: string;
  readonly kind: 'SIMULATOR';
  readonly brand: string | null;
  readonly last4: string | null;
  readonly isDefault: boolean;
  readonly createdAt: Date;
}

export const methods = defineTable<MethodRow>({
  name: 'payment_method',
  key: ({ id }) => id,
  unique: {
    token: ({ userId, provider, token }) => `${userId} ${provider} ${token}`,
    default: ({ userId, isDefault }) => (isDefault ? userId : null),
  },
  indexes: { user: ({ userId }) => userId },
});

/** Everything that payments keeps, besides the messaging tables. */
export const paymentsTables = { payments, streams, operations, attempts, refunds, methods } as const;
