import { ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import { parseAddress, type AddressInput, type PostalAddress } from './address.ts';
import { parseLines, type LineInput, type LineWish } from './cart.ts';
import { invalid, notFound, type Refusal, type Refusals } from './refusal.ts';

/** What a buyer sends to buy, as sent. */
export interface CheckoutInput {
  readonly cartId?: string | null | undefined;
  readonly lines?: readonly LineInput[] | null | undefined;
  readonly shippingAddress: AddressInput;
  readonly paymentMethodId?: string | null | undefined;
  readonly expectedTotal?: number | null | undefined;
}

/** Where the lines come from. */
export type LineSource = { readonly cartId: Id<'cart'> } | { readonly lines: readonly LineWish[] };

export interface CheckoutRequest {
  readonly source: LineSource;
  readonly address: PostalAddress;
  /** `null`: the buyer's default. */
  readonly paymentMethodId: Id<'pm'> | null;
  /** Minor units; `null`: any total will do. */
  readonly expectedTotal: number | null;
}

/** Everything that is wrong with a request in itself, before anything is looked up. */
export function parseCheckoutRequest(input: CheckoutInput): Outcome<CheckoutRequest, Refusals> {
  const refusals: Refusal[] = [];
  const source = parseSource(input);
  if (!source.ok) refusals.push(...source.refusal);
  const address = parseAddress(input.shippingAddress);
  if (!address.ok) refusals.push(...address.refusal);
  const paymentMethodId = input.paymentMethodId == null ? null : parseId('pm', input.paymentMethodId);
  if (input.paymentMethodId != null && paymentMethodId === null)
    refusals.push(invalid('Not the id of a payment method.', 'paymentMethodId'));
  const expectedTotal = input.expectedTotal ?? null;
  if (expectedTotal !== null && expectedTotal < 0) refusals.push(invalid('Must not be negative.', 'expectedTotal'));
  if (!source.ok || !address.ok || refusals.length > 0) return refuse(refusals);
  return ok({ source: source.value, address: address.value, paymentMethodId, expectedTotal });
}

function parseSource({ cartId, lines }: CheckoutInput): Outcome<LineSource, Refusals> {
  if ((cartId == null) === (lines == null)) return refuse([invalid('Exactly one of `cartId` and `lines`.', 'cartId')]);
  if (cartId != null) {
    const id = parseId('cart', cartId);
    return id === null ? refuse([invalid('Not the id of a cart.', 'cartId')]) : ok({ cartId: id });
  }
  const wishes = parseLines(lines ?? [], 1);
  return wishes.ok ? ok({ lines: wishes.value }) : wishes;
}

/** Missing and somebody else's look alike. */
export const noSuchCart: Refusal = notFound('There is no such cart.', 'cartId');
