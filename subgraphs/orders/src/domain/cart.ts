import { multiplyMoney, ok, parseId, refuse, sumMoney, type Id, type Money, type Outcome } from '@tally/kernel';
import type { VariantPrice } from './pricing.ts';
import { invalid, type Refusal, type Refusals } from './refusal.ts';

/** Most lines of a cart, of a request and of an order. */
export const maxLines = 250;
/** Most units of one line. */
export const maxQuantity = 1_000;

/** A line as somebody asked for it. */
export interface LineInput {
  readonly variantId: string;
  readonly quantity: number;
}

/** Some units of a variant. `at` is where the request named it first. */
export interface LineWish {
  readonly variantId: Id<'var'>;
  readonly quantity: number;
  readonly at: number;
}

/** A line of a stored cart. `price` is `null` while the replica does not know the variant. */
export interface StoredLine {
  readonly id: Id<'line'>;
  readonly variantId: Id<'var'>;
  readonly quantity: number;
  /** The unit price when it was put in. */
  readonly seenPrice: Money;
  readonly price: VariantPrice | null;
}

/** A cart as stored. */
export interface StoredCart {
  readonly id: Id<'cart'>;
  /** `null`: a guest's. */
  readonly ownerId: Id<'usr'> | null;
  readonly version: number;
  /** The order that was placed from it and is neither confirmed nor ended. */
  readonly liveOrderId: Id<'ord'> | null;
  readonly lines: readonly StoredLine[];
  readonly expiresAt: Date;
  readonly updatedAt: Date;
}

export interface CartLine {
  readonly id: Id<'line'>;
  readonly variantId: Id<'var'>;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly lineTotal: Money;
}

/** A cart with the prices of now. */
export interface Cart {
  readonly id: Id<'cart'>;
  readonly version: number;
  readonly lines: readonly CartLine[];
  readonly subtotal: Money;
  readonly expiresAt: Date;
  readonly updatedAt: Date;
}

export interface CartWarning {
  readonly code: 'PRICE_CHANGED' | 'NOT_SELLABLE';
  readonly message: string;
  readonly variantId: Id<'var'>;
}

/**
 * Reads lines and sums those of one variant: checked one by one, two halves of an impossible order would pass.
 *
 * @param least 0 where a quantity of nothing removes the line, else 1.
 */
export function parseLines(input: readonly LineInput[], least: 0 | 1): Outcome<readonly LineWish[], Refusals> {
  if (input.length === 0) return refuse([invalid('At least one line.', 'lines')]);
  if (input.length > maxLines) return refuse([invalid(`At most ${maxLines} lines.`, 'lines')]);
  const refusals: Refusal[] = [];
  const wishes = new Map<Id<'var'>, LineWish>();
  input.forEach((line, at) => {
    const variantId = parseId('var', line.variantId);
    if (variantId === null) {
      refusals.push(invalid('Not the id of a variant.', 'lines', String(at), 'variantId'));
      return;
    }
    const earlier = wishes.get(variantId);
    const quantity = (earlier?.quantity ?? 0) + line.quantity;
    if (!Number.isInteger(line.quantity) || line.quantity < least || quantity > maxQuantity) {
      refusals.push(invalid(`From ${least} to ${maxQuantity} of one variant.`, 'lines', String(at), 'quantity'));
      return;
    }
    wishes.set(variantId, { variantId, quantity, at: earlier?.at ?? at });
  });
  return refusals.length === 0 ? ok([...wishes.values()]) : refuse(refusals);
}

/** A guest's cart belongs to whoever knows its id, an owned one to its owner alone. */
export const isCartOf = (cart: Pick<StoredCart, 'ownerId'>, userId: Id<'usr'> | null): boolean =>
  cart.ownerId === null || cart.ownerId === userId;

/** The cart with the prices of now; a line whose variant is unknown keeps the price at which it was put in. */
export function presentCart(cart: StoredCart, currency: string): Cart {
  const lines = cart.lines.map(({ id, variantId, quantity, seenPrice, price }) => {
    const unitPrice = price?.unitPrice ?? seenPrice;
    return { id, variantId, quantity, unitPrice, lineTotal: multiplyMoney(unitPrice, quantity) };
  });
  const { id, version, expiresAt, updatedAt } = cart;
  return {
    id,
    version,
    lines,
    subtotal: sumMoney(
      lines.map(({ lineTotal }) => lineTotal),
      currency,
    ),
    expiresAt,
    updatedAt,
  };
}

/** What a buyer should know before checking out; nothing of it was refused. */
export function warningsOf(cart: StoredCart): readonly CartWarning[] {
  return cart.lines.flatMap(({ variantId, seenPrice, price }): readonly CartWarning[] => {
    if (price?.sellable !== true) return [{ code: 'NOT_SELLABLE', message: 'It cannot be bought at the moment.', variantId }];
    if (price.unitPrice.amount === seenPrice.amount) return [];
    return [{ code: 'PRICE_CHANGED', message: 'Its price has changed since it was put in.', variantId }];
  });
}
