import { fromUuid, money, type Money } from '@tally/kernel';
import type { Payment } from '../../domain/payment.ts';
import type { Refund } from '../../domain/refund.ts';

/** Columns of `payment p`, named as `PaymentColumns` has them. */
export const paymentColumns = `p.id AS payment_id, p.order_id, p.buyer_id, p.provider, p.token, p.status, p.amount, p.currency, p.captured, p.refunded, p.provider_ref,
  p.action_url, p.action_expires_at, p.attention, p.created_at, p.updated_at`;

/** A payment as PostgreSQL gives it through Prisma: `bigint` as BigInt, timestamps as `Date`. */
export interface PaymentColumns {
  readonly payment_id: string;
  readonly order_id: string;
  readonly buyer_id: string | null;
  readonly provider: string;
  readonly token: string | null;
  readonly status: Payment['status'];
  readonly amount: bigint | null;
  readonly currency: string | null;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly provider_ref: string | null;
  readonly action_url: string | null;
  readonly action_expires_at: Date | null;
  readonly attention: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The table is trusted: its checks hold what the types say. */
export const toPayment = (row: PaymentColumns): Payment => ({
  id: fromUuid('pay', row.payment_id),
  orderId: fromUuid('ord', row.order_id),
  buyerId: row.buyer_id === null ? null : fromUuid('usr', row.buyer_id),
  provider: row.provider,
  token: row.token,
  status: row.status,
  amount: toMoney(row.amount, row.currency),
  captured: Number(row.captured),
  refunded: Number(row.refunded),
  providerRef: row.provider_ref,
  action: row.action_url === null || row.action_expires_at === null ? null : { url: row.action_url, expiresAt: row.action_expires_at },
  attention: row.attention,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** A refund; its currency is the payment's. */
export interface RefundColumns {
  readonly refund_id: string;
  readonly refund_status: Refund['status'];
  readonly refund_amount: bigint;
  readonly refund_reason: string;
  readonly refund_created_at: Date;
}

export const toRefund = (row: RefundColumns, currency: string): Refund => ({
  id: fromUuid('ref', row.refund_id),
  status: row.refund_status,
  amount: money(Number(row.refund_amount), currency),
  reason: row.refund_reason,
  createdAt: row.refund_created_at,
});

const toMoney = (amount: bigint | null, currency: string | null): Money | null =>
  amount === null || currency === null ? null : money(Number(amount), currency);
