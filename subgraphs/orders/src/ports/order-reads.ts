import type { Id } from '@tally/kernel';
import type { BuyerEvent, Order, OrderEvent, OrderLine, OrderStatus } from '../domain/order.ts';
import type { Shipment } from '../domain/shipment.ts';

/** One page of each buyer's orders, newest first. `after`: the last order of the page before. `statuses` `null`: all. `limit` 1 to 101. */
export interface PageTerms {
  readonly statuses: readonly OrderStatus[] | null;
  readonly after: { readonly placedAt: Date; readonly id: Id<'ord'> } | null;
  readonly limit: number;
}

/** An order under the key of its checkout. */
export interface KeyedOrder {
  readonly order: Order;
  readonly fingerprint: string;
}

/** A part of a buyer's stream, as of one moment. */
export interface BuyerStreamPart {
  /** Sequence of the newest entry there is; 0 without any. */
  readonly newest: number;
  readonly events: readonly BuyerEvent[];
}

/** Orders as they stand now, on the database that takes the writes: no replica that lags. One statement per call, whatever the number of ids. Nobody's rights are checked here. */
export interface OrderReads {
  byIds(ids: readonly Id<'ord'>[]): Promise<ReadonlyMap<string, Order>>;
  byCounter(counter: bigint): Promise<Order | null>;
  /** The order that a buyer's idempotency key stands for; for ever, unlike the idempotency row. */
  byClientKey(buyerId: Id<'usr'>, key: string): Promise<KeyedOrder | null>;
  linesOf(ids: readonly Id<'ord'>[]): Promise<ReadonlyMap<string, readonly OrderLine[]>>;
  shipmentsOf(ids: readonly Id<'ord'>[]): Promise<ReadonlyMap<string, readonly Shipment[]>>;
  /** Entries after a sequence, oldest first, at most `limit` (1 to 1,000) each. */
  timelinesOf(ids: readonly Id<'ord'>[], afterSequence: number, limit: number): Promise<ReadonlyMap<string, readonly OrderEvent[]>>;
  /** Entries of a buyer's stream after a sequence, oldest first, at most `limit` (1 to 1,000); `null`: the newest alone. */
  streamOf(buyerId: Id<'usr'>, afterSequence: number | null, limit: number): Promise<BuyerStreamPart>;
  pagesOf(buyerIds: readonly Id<'usr'>[], terms: PageTerms): Promise<ReadonlyMap<string, readonly Order[]>>;
  /** Counted up to 10,001. */
  countsOf(buyerIds: readonly Id<'usr'>[], statuses: readonly OrderStatus[] | null): Promise<ReadonlyMap<string, number>>;
}
