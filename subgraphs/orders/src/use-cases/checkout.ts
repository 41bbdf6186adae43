import { crashPoint, fingerprint, money, ok, refuse, type Clock, type Id, type Outcome } from '@tally/kernel';
import { parseCheckoutRequest, type CheckoutInput, type CheckoutRequest } from '../domain/checkout-request.ts';
import { buyerOrderChanged, commandEvent, orderPlaced } from '../domain/messages.ts';
import { draftOrder, type OrderDraft } from '../domain/order-draft.ts';
import type { Order } from '../domain/order.ts';
import { quote } from '../domain/pricing.ts';
import { invalid, type Refusal, type Refusals } from '../domain/refusal.ts';
import { begin, type Deadlines } from '../domain/saga.ts';
import type { OrderReads } from '../ports/order-reads.ts';
import type { ReadRates } from '../ports/rates.ts';
import type { Settlements } from '../ports/settlements.ts';
import type { Transact } from '../ports/unit.ts';
import type { Telemetry } from '../telemetry.ts';
import { awaitSettlement } from './await-settlement.ts';
import type { GatherLines } from './gather-lines.ts';
import { orRefusals, RefusedError } from './refused.ts';

export interface Checkout {
  readonly buyerId: Id<'usr'>;
  /** `null`: what was sent is no key. */
  readonly key: string | null;
  readonly wait: 'ACCEPTED' | 'SETTLED';
  readonly input: CheckoutInput;
}

export interface CheckedOut {
  readonly order: Order;
  /** The key was answered before. */
  readonly replayed: boolean;
}

/** Why there is no new order. `order` is the buyer's own that stands in the way, where one does. */
export interface CheckoutRefusal {
  readonly refusals: Refusals;
  readonly order: Order | null;
}

type CheckoutOutcome = Outcome<CheckedOut, CheckoutRefusal>;

const operation = 'checkout';
const notTheIntent = ['idempotencyKey', 'wait'];
const patienceMs = 450;
/** How often a checkout prices again because its cart changed under it. */
const maxAttempts = 5;

const refused = (refusals: Refusals, order: Order | null = null): CheckoutOutcome => refuse({ refusals, order });

/** Places an order: the key first, so that a replay ends here whatever has happened to cart and prices since; then prices; then one transaction. */
export function createCheckout(deps: {
  readonly transact: Transact;
  readonly orders: OrderReads;
  readonly gatherLines: GatherLines;
  readonly rates: ReadRates;
  readonly settlements: Settlements;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly currency: string;
  readonly telemetry: Telemetry;
}) {
  const { transact, orders, gatherLines, rates, settlements, clock, deadlines, currency, telemetry } = deps;

  async function replay(buyerId: Id<'usr'>, key: string, intent: string): Promise<CheckoutOutcome | null> {
    const keyed = await orders.byClientKey(buyerId, key);
    if (keyed === null) return null;
    if (keyed.fingerprint !== intent) return refused([{ kind: 'IDEMPOTENCY_KEY_REUSED' }]);
    telemetry.checkoutReplayed(keyed.order.id);
    return ok({ order: keyed.order, replayed: true });
  }

  /** Prices of now, or everything that speaks against the order. */
  async function price(buyerId: Id<'usr'>, request: CheckoutRequest, keyed: Keyed): Promise<Outcome<Priced, CheckoutRefusal>> {
    const gathered = await gatherLines(request.source, buyerId);
    if (!gathered.ok) {
      const { refusals, liveOrderId } = gathered.refusal;
      const live = liveOrderId === null ? undefined : (await orders.byIds([liveOrderId])).get(liveOrderId);
      return refuse({ refusals, order: live?.buyerId === buyerId ? live : null });
    }
    const { lines, cart } = gathered.value;
    const quoted = quote({ lines, country: request.address.country, currency, rates: await rates(), on: clock() });
    if (!quoted.ok) return refuse({ refusals: [pricingRefusals[quoted.refusal]], order: null });
    const { total } = quoted.value;
    if (request.expectedTotal !== null && request.expectedTotal !== total.amount) {
      return refuse({
        refusals: [{ kind: 'PRICE_CHANGED', expected: money(request.expectedTotal, currency), actual: total }],
        order: null,
      });
    }
    const { address: shippingAddress, paymentMethodId } = request;
    const draft = draftOrder(quoted.value, {
      buyerId,
      shippingAddress,
      paymentMethodId,
      cartId: cart?.id ?? null,
      clientKey: keyed.key,
      fingerprint: keyed.intent,
    });
    return ok({ draft, cartVersion: cart?.version ?? null });
  }

  /** The one transaction. `null`: another request holds the key and has just been answered. */
  async function place({ draft, cartVersion }: Priced, keyed: Keyed): Promise<Order | null> {
    const { reserve } = begin({ ...draft, orderId: draft.id }, draft.lines, clock(), deadlines);
    return transact(async ({ idempotency, carts, orders: store, outbox }) => {
      const claimed = await idempotency.claim(draft.buyerId, operation, keyed.key, keyed.intent, { orderId: draft.id });
      if (claimed !== 'claimed') return null;
      if (draft.cartId !== null && cartVersion !== null && !(await carts.stamp(draft.cartId, cartVersion, draft.id)))
        throw new RefusedError();
      const { order, sequences, commandSequence } = await store.place(draft, reserve, deadlines.reserveMs, telemetry.traceparent());
      await outbox.append(
        orderPlaced(draft, order.number, sequences.order),
        buyerOrderChanged({ orderId: draft.id, buyerId: draft.buyerId }, 'PENDING', sequences.buyer),
        commandEvent(draft.id, reserve, commandSequence),
      );
      crashPoint('checkout.commit.before');
      return order;
    });
  }

  async function attempt({ buyerId, wait }: Checkout, request: CheckoutRequest, keyed: Keyed): Promise<CheckoutOutcome | 'CART_CHANGED'> {
    const priced = await price(buyerId, request, keyed);
    if (!priced.ok) return priced;
    const { draft } = priced.value;
    // Listening begins before there is anything to hear.
    using expected = wait === 'SETTLED' ? settlements.expect(draft.id) : null;
    const placed = await orRefusals(place(priced.value, keyed));
    if (!placed.ok) return 'CART_CHANGED';
    if (placed.value === null) return (await replay(buyerId, keyed.key, keyed.intent)) ?? 'CART_CHANGED';
    crashPoint('checkout.commit.after');
    telemetry.orderPlaced({ id: draft.id, total: draft.total, lines: draft.lines.length });
    const order = expected === null ? placed.value : await awaitSettlement(orders, placed.value, expected, patienceMs);
    return ok({ order, replayed: false });
  }

  return async function checkout(command: Checkout): Promise<CheckoutOutcome> {
    const { buyerId, key, input } = command;
    if (key === null) return refused([invalid('1 to 255 printable characters.', 'idempotencyKey')]);
    const keyed: Keyed = { key, intent: fingerprint({ ...input }, notTheIntent) };
    const replayed = await replay(buyerId, key, keyed.intent);
    if (replayed !== null) return replayed;
    const request = parseCheckoutRequest(input);
    let outcome: CheckoutOutcome | 'CART_CHANGED' = request.ok ? 'CART_CHANGED' : refused(request.refusal);
    for (let attempts = 0; request.ok && outcome === 'CART_CHANGED' && attempts < maxAttempts; attempts++) {
      outcome = await attempt(command, request.value, keyed);
    }
    if (outcome === 'CART_CHANGED') outcome = refused([{ kind: 'CONFLICT', message: 'The cart keeps changing.', field: ['cartId'] }]);
    if (!outcome.ok) telemetry.checkoutRefused(outcome.refusal.refusals.map(({ kind }) => kind));
    return outcome;
  };
}

interface Keyed {
  readonly key: string;
  readonly intent: string;
}

interface Priced {
  readonly draft: OrderDraft;
  /** The cart as it was priced: an edit in between is priced again. */
  readonly cartVersion: number | null;
}

const pricingRefusals: Readonly<Record<'NO_DELIVERY' | 'TOO_LARGE', Refusal>> = {
  NO_DELIVERY: invalid('There is no delivery to this country.', 'shippingAddress', 'country'),
  TOO_LARGE: invalid('The total is too large.', 'lines'),
};
