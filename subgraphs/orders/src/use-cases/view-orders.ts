import type { Id } from '@tally/kernel';
import { mayRead, mayReadAll, type Actor } from '../domain/actor.ts';
import { parseOrderNumber } from '../domain/order-number.ts';
import { statusesOf, type Order, type OrderPhase } from '../domain/order.ts';
import type { OrderReads, PageTerms } from '../ports/order-reads.ts';

export interface OrdersPage {
  readonly orders: readonly Order[];
  readonly hasNext: boolean;
}

export interface ViewPage {
  readonly phase: OrderPhase | null;
  readonly after: PageTerms['after'];
  /** 1 to 100. */
  readonly first: number;
}

/** Orders that the caller may read. Missing and foreign look alike: absent. Each call is one statement, whatever the number of ids. */
export function createViewOrders({ orders }: { readonly orders: OrderReads }) {
  const statuses = (phase: OrderPhase | null) => (phase === null ? null : statusesOf(phase));
  return {
    async byIds(actor: Actor, ids: readonly Id<'ord'>[]): Promise<ReadonlyMap<string, Order>> {
      const found = await orders.byIds(ids);
      return new Map([...found].filter(([, { buyerId }]) => mayRead(actor, buyerId)));
    },
    async byNumber(actor: Actor, number: string): Promise<Order | null> {
      const counter = parseOrderNumber(number);
      const order = counter === null ? null : await orders.byCounter(counter);
      return order !== null && mayRead(actor, order.buyerId) ? order : null;
    },
    /** What follows belongs to orders that the caller was shown. */
    linesOf: orders.linesOf,
    shipmentsOf: orders.shipmentsOf,
    timelinesOf: orders.timelinesOf,
    mayReadOrdersOf: (actor: Actor, buyerId: Id<'usr'>): boolean => mayRead(actor, buyerId),
    async pagesOf(
      actor: Actor,
      buyerIds: readonly Id<'usr'>[],
      { phase, after, first }: ViewPage,
    ): Promise<ReadonlyMap<string, OrdersPage>> {
      const allowed = readable(actor, buyerIds);
      const pages = await orders.pagesOf(allowed, { after, statuses: statuses(phase), limit: first + 1 });
      return new Map(
        allowed.map((buyerId) => {
          const page = pages.get(buyerId) ?? [];
          return [buyerId, { orders: page.slice(0, first), hasNext: page.length > first }];
        }),
      );
    },
    countsOf: (actor: Actor, buyerIds: readonly Id<'usr'>[], phase: OrderPhase | null): Promise<ReadonlyMap<string, number>> =>
      orders.countsOf(readable(actor, buyerIds), statuses(phase)),
  };
}

export type ViewOrders = ReturnType<typeof createViewOrders>;

const readable = (actor: Actor, buyerIds: readonly Id<'usr'>[]): readonly Id<'usr'>[] =>
  mayReadAll(actor) ? buyerIds : buyerIds.filter((buyerId) => buyerId === actor.userId);
