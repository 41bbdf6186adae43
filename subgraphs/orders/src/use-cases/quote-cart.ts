import { parseId, refuse, type Clock, type Outcome } from '@tally/kernel';
import type { Actor } from '../domain/actor.ts';
import { parseAddress, type AddressInput } from '../domain/address.ts';
import { isCartOf } from '../domain/cart.ts';
import { quote, type Totals } from '../domain/pricing.ts';
import type { Refusal, Refusals } from '../domain/refusal.ts';
import type { CartReads } from '../ports/carts-store.ts';
import type { ReadRates } from '../ports/rates.ts';

export interface QuoteCart {
  readonly actor: Actor;
  readonly cartId: string;
  readonly shippingAddress: AddressInput;
}

const invalid = (message: string, ...field: readonly string[]): Refusal => ({ kind: 'INVALID', message, field });

/** What checking a cart out would cost, by the same function that will price it. Lines that cannot be bought at the moment count: checkout names them. */
export function createQuoteCart(deps: {
  readonly carts: CartReads;
  readonly rates: ReadRates;
  readonly clock: Clock;
  readonly currency: string;
}) {
  const { carts, rates, clock, currency } = deps;
  return async function quoteCart({ actor, cartId: text, shippingAddress }: QuoteCart): Promise<Outcome<Totals, Refusals>> {
    const cartId = parseId('cart', text);
    if (cartId === null) return refuse([invalid('Not the id of a cart.', 'cartId')]);
    const address = parseAddress(shippingAddress);
    if (!address.ok) return address;
    const cart = (await carts.byIds([cartId])).get(cartId);
    if (cart === undefined || !isCartOf(cart, actor.userId))
      return refuse([{ kind: 'NOT_FOUND', message: 'There is no such cart.', field: ['cartId'] }]);
    const lines = cart.lines.flatMap(({ price, quantity }) => (price === null ? [] : [{ price, quantity }]));
    if (lines.length === 0) return refuse([invalid('The cart is empty.', 'cartId')]);
    const quoted = quote({ lines, country: address.value.country, currency, rates: await rates(), on: clock() });
    if (quoted.ok) return quoted;
    const field = quoted.refusal === 'NO_DELIVERY' ? ['shippingAddress', 'country'] : ['cartId'];
    return refuse([
      invalid(quoted.refusal === 'NO_DELIVERY' ? 'There is no delivery to this country.' : 'The total is too large.', ...field),
    ]);
  };
}
