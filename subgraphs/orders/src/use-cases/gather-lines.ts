import { ok, refuse, type Id, type Outcome } from '@tally/kernel';
import { isCartOf, type LineWish, type StoredCart } from '../domain/cart.ts';
import { noSuchCart, type LineSource } from '../domain/checkout-request.ts';
import type { VariantPrice } from '../domain/pricing.ts';
import { conflict, notFound, type Refusal, type Refusals } from '../domain/refusal.ts';
import type { CartReads } from '../ports/carts-store.ts';
import type { PriceReads } from '../ports/price-replica.ts';

export interface GatheredLines {
  readonly lines: readonly { readonly price: VariantPrice; readonly quantity: number }[];
  /** The cart they came from, as it was read. */
  readonly cart: Pick<StoredCart, 'id' | 'version'> | null;
}

export interface GatherRefusal {
  readonly refusals: Refusals;
  /** The order that lives from the cart. */
  readonly liveOrderId: Id<'ord'> | null;
}

/** The lines somebody wants to buy with the prices of now, every one that cannot be sold named. */
export type GatherLines = (source: LineSource, userId: Id<'usr'> | null) => Promise<Outcome<GatheredLines, GatherRefusal>>;

const no = (liveOrderId: Id<'ord'> | null, ...refusals: readonly Refusal[]): Outcome<GatheredLines, GatherRefusal> =>
  refuse({ refusals, liveOrderId });

export function createGatherLines({ carts, prices }: { readonly carts: CartReads; readonly prices: PriceReads }): GatherLines {
  return async (source, userId) => {
    if ('lines' in source) return fromWishes(source.lines, await prices.pricesOf(source.lines.map(({ variantId }) => variantId)));
    const cart = (await carts.byIds([source.cartId])).get(source.cartId);
    return cart === undefined || !isCartOf(cart, userId) ? no(null, noSuchCart) : fromCart(cart);
  };
}

function fromWishes(wishes: readonly LineWish[], prices: ReadonlyMap<string, VariantPrice>): Outcome<GatheredLines, GatherRefusal> {
  const refusals: Refusal[] = [];
  const lines: { price: VariantPrice; quantity: number }[] = [];
  for (const { variantId, quantity, at } of wishes) {
    const price = prices.get(variantId);
    if (price === undefined) refusals.push(notFound('There is no such variant.', 'lines', String(at), 'variantId'));
    else if (!price.sellable) refusals.push({ kind: 'NOT_SELLABLE', variantId, field: ['lines', String(at), 'variantId'] });
    else lines.push({ price, quantity });
  }
  return refusals.length > 0 ? no(null, ...refusals) : ok({ lines, cart: null });
}

function fromCart(cart: StoredCart): Outcome<GatheredLines, GatherRefusal> {
  if (cart.liveOrderId !== null) return no(cart.liveOrderId, conflict('An order from this cart is under way.', 'cartId'));
  if (cart.lines.length === 0) return no(null, { kind: 'EMPTY_CART', field: ['cartId'] });
  const lines = cart.lines.flatMap(({ price, quantity }) => (price?.sellable === true ? [{ price, quantity }] : []));
  if (lines.length === cart.lines.length) return ok({ lines, cart });
  const unsellable = cart.lines.filter(({ price }) => price?.sellable !== true);
  return no(null, ...unsellable.map(({ variantId }): Refusal => ({ kind: 'NOT_SELLABLE', variantId, field: ['cartId'] })));
}
