import type { AcknowledgedOrder, DumpedRecord, LedgerLine } from '@tally/audit';

/** Who has an outbox and an inbox in the simulation. */
export const owners = ['products', 'orders', 'payments'] as const;

export type Owner = (typeof owners)[number];

/**
 * What is left when a history has become quiet: the tables of orders, products and payments as far as invariants speak of them, the log, and the
 * witnesses that no process of ours can reach. Ids are spelled with their prefix; amounts are minor units.
 */
export interface Evidence {
  readonly orders: readonly {
    readonly id: string;
    readonly buyerId: string;
    readonly clientKey: string;
    readonly status: string;
    readonly total: number;
    readonly sequence: number;
  }[];
  readonly lines: readonly { readonly orderId: string; readonly variantId: string; readonly quantity: number }[];
  readonly timeline: readonly {
    readonly orderId: string;
    readonly sequence: number;
    readonly status: string;
    readonly buyerId: string;
    readonly buyerSequence: number;
  }[];
  readonly sagas: readonly {
    readonly orderId: string;
    readonly step: string;
    readonly outcome: string | null;
    readonly needsAttention: boolean;
    readonly attention: string | null;
    readonly productsSequence: number;
    readonly paymentsSequence: number;
  }[];
  readonly commands: readonly { readonly orderId: string; readonly type: string; readonly answered: boolean }[];
  readonly stock: readonly {
    readonly variantId: string;
    readonly available: number;
    readonly reserved: number;
    readonly version: number;
  }[];
  readonly movements: readonly {
    readonly variantId: string;
    readonly version: number;
    readonly kind: string;
    readonly quantity: number;
    readonly orderId: string | null;
  }[];
  readonly claims: readonly { readonly orderId: string; readonly state: string; readonly sequence: number }[];
  readonly reservations: readonly { readonly orderId: string; readonly variantId: string; readonly quantity: number }[];
  readonly payments: readonly {
    readonly orderId: string;
    readonly status: string;
    readonly captured: number;
    readonly refunded: number;
    readonly attention: string | null;
  }[];
  readonly operations: readonly { readonly orderId: string; readonly operation: string; readonly state: string; readonly done: boolean }[];
  readonly attempts: readonly { readonly orderId: string; readonly number: number; readonly outcome: string }[];
  readonly refunds: readonly { readonly orderId: string; readonly status: string; readonly amount: number }[];
  readonly paymentStreams: readonly { readonly orderId: string; readonly sequence: number }[];
  readonly outbox: readonly {
    readonly owner: Owner;
    readonly eventId: string;
    readonly topic: string;
    readonly key: string;
    readonly sequence: number;
    readonly type: string;
    readonly published: boolean;
    readonly parked: boolean;
  }[];
  readonly inbox: readonly { readonly owner: Owner; readonly consumer: string; readonly eventId: string; readonly state: string }[];
  readonly parkedKeys: readonly { readonly consumer: string; readonly topic: string; readonly key: string }[];
  readonly log: readonly DumpedRecord[];
  readonly ledger: readonly LedgerLine[];
  readonly acknowledged: readonly AcknowledgedOrder[];
}

/** The one row of each order, for tables that have one. */
export const byOrder = <Row extends { readonly orderId: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.orderId, row]));

/** Statuses of an order that stands: its buyer owes the total. */
export const standing: readonly string[] = ['CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED'];

/** Statuses of an order that ended without a sale: nothing may be held for it. */
export const unsuccessful: readonly string[] = ['REJECTED', 'PAYMENT_FAILED', 'CANCELLED'];
