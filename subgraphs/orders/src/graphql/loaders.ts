import type { Id } from '@tally/kernel';
import { batchLoader, type BatchLoader } from '@tally/subgraph-kit';
import type { Actor } from '../domain/actor.ts';
import type { Cart } from '../domain/cart.ts';
import type { Order, OrderEvent, OrderLine, OrderPhase } from '../domain/order.ts';
import type { Shipment } from '../domain/shipment.ts';
import type { UseCases } from '../use-cases/index.ts';
import type { OrdersPage, ViewPage } from '../use-cases/view-orders.ts';

/** One loader per entity and set of arguments: a statement each, whatever the page size. Only what the caller may see is found. */
export interface Loaders {
  readonly order: BatchLoader<Order>;
  readonly cart: BatchLoader<Cart>;
  readonly lines: BatchLoader<readonly OrderLine[]>;
  readonly shipments: BatchLoader<readonly Shipment[]>;
  timeline(first: number, afterSequence: number): BatchLoader<readonly OrderEvent[]>;
  /** Pages of buyers' orders, by buyer. */
  ordersPage(page: ViewPage): BatchLoader<OrdersPage>;
  orderCount(phase: OrderPhase | null): BatchLoader<number>;
}

/** Loaders of one request. Keys are ids as parsed by whoever loads. */
export function createLoaders({ viewOrders, viewCart }: Pick<UseCases, 'viewOrders' | 'viewCart'>, actor: Actor): Loaders {
  const orderIds = (keys: readonly string[]): readonly Id<'ord'>[] => keys as readonly Id<'ord'>[];
  const buyerIds = (keys: readonly string[]): readonly Id<'usr'>[] => keys as readonly Id<'usr'>[];
  return {
    order: batchLoader('order', (ids) => viewOrders.byIds(actor, orderIds(ids))),
    cart: batchLoader('cart', (ids) => viewCart.byIds(actor, ids as readonly Id<'cart'>[])),
    lines: batchLoader('order-lines', (ids) => viewOrders.linesOf(orderIds(ids))),
    shipments: batchLoader('shipments', (ids) => viewOrders.shipmentsOf(orderIds(ids))),
    timeline: perArguments((first: number, afterSequence: number) =>
      batchLoader('timeline', (ids) => viewOrders.timelinesOf(orderIds(ids), afterSequence, first)),
    ),
    ordersPage: perArguments((page: ViewPage) => batchLoader('orders-page', (ids) => viewOrders.pagesOf(actor, buyerIds(ids), page))),
    orderCount: perArguments((phase: OrderPhase | null) =>
      batchLoader('order-count', (ids) => viewOrders.countsOf(actor, buyerIds(ids), phase)),
    ),
  };
}

/** Aliases with equal arguments share one loader, others have their own. */
function perArguments<Arguments extends readonly unknown[], Loader>(
  make: (...values: Arguments) => Loader,
): (...values: Arguments) => Loader {
  const made = new Map<string, Loader>();
  return (...values) => {
    const key = JSON.stringify(values);
    const loader = made.get(key) ?? make(...values);
    made.set(key, loader);
    return loader;
  };
}
