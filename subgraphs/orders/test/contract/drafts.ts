import { money, newId, newShardedId, shardOfBuyer, type Id } from '@tally/kernel';
import { classifyDatabaseError } from '@tally/messaging';
import { freshKey } from '@tally/testkit';
import type { OrderDraft } from '../../src/domain/order-draft.ts';
import type { Order } from '../../src/domain/order.ts';
import { advance, begin, standardDeadlines, type Advance } from '../../src/domain/saga.ts';
import type { Command } from '../../src/domain/saga-commands.ts';
import type { Reply } from '../../src/domain/saga-replies.ts';
import type { AppliedSequences, SagaState } from '../../src/ports/sagas-store.ts';
import { aReply, commandIn, start } from '../sagas.ts';
import type { Stores, StoresWorld } from './stores-world.ts';

/** An order worth what the replies of `aReply` speak of. */
export function aDraft(
  more: Partial<Pick<OrderDraft, 'buyerId' | 'cartId' | 'clientKey'>> & {
    readonly of?: readonly { readonly variantId: Id<'var'>; readonly quantity: number }[];
  } = {},
): OrderDraft {
  const {
    of: wishes = [{ variantId: newId('var'), quantity: 2 }],
    buyerId = newId('usr'),
    cartId = null,
    clientKey = freshKey('key'),
  } = more;
  const id = newShardedId('ord', shardOfBuyer(buyerId));
  const amount = (value: number) => money(value, 'EUR');
  const lines = wishes.map(({ variantId, quantity }, index) => ({
    ...{ id: newId('line'), orderId: id, variantId, productId: newId('prod'), sellerId: newId('sell'), sku: `MUG-${index}`, title: 'Mug' },
    ...{ quantity, unitPrice: amount(100), lineTotal: amount(100 * quantity), taxClass: 'STANDARD', taxRateBp: 1_900, tax: amount(10) },
  }));
  return {
    ...{ id, sagaId: newId('saga'), buyerId, lines, paymentMethodId: null, cartId, clientKey, fingerprint: `v1:${clientKey}` },
    ...{ subtotal: amount(2_500), shipping: amount(490), tax: amount(399), discount: amount(0), total: amount(2_990) },
    shippingAddress: { name: 'Ada', line1: 'Musterweg 1', line2: null, city: 'Berlin', region: null, postalCode: '10115', country: 'DE' },
  };
}

export const reserveOf = (draft: OrderDraft): Command =>
  begin({ ...draft, orderId: draft.id }, draft.lines, start, standardDeadlines).reserve;

/** Places an order. @param reserveMs how long its saga waits; not positive: it is due at once. */
export const place = ({ orders }: Stores, draft: OrderDraft, reserveMs = 900_000) => orders.place(draft, reserveOf(draft), reserveMs, null);

/** An order that was placed in a transaction of its own. */
export async function placed(world: StoresWorld, draft: OrderDraft = aDraft(), reserveMs?: number): Promise<Order> {
  return (await world.transaction((stores) => place(stores, draft, reserveMs))).order;
}

/** The saga of an order as it stands. */
export async function sagaOf(world: StoresWorld, orderId: Id<'ord'>): Promise<SagaState> {
  const state = await world.transaction(({ sagas }) => sagas.load(orderId));
  if (state === null) throw new Error(`there is no saga of ${orderId}`);
  return state;
}

/** What a reply to a command makes of the saga, written. */
export async function hears(
  { sagas }: Stores,
  orderId: Id<'ord'>,
  type: Reply['type'],
  to: Command['type'],
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly next: Advance; readonly sequences: AppliedSequences }> {
  const state = await sagas.load(orderId);
  if (state === null) throw new Error(`there is no saga of ${orderId}`);
  const commandId = commandIn(state.saga, to);
  const next = advance(state.saga, aReply(type, commandId, orderId), state.now, standardDeadlines);
  await meanwhile();
  return { next, sequences: await sagas.apply(state, next, { commandId, type }) };
}

/** Resolves for everybody once so many have come. */
export function meeting(of: number): () => Promise<void> {
  const all = Promise.withResolvers<void>();
  let missing = of;
  return () => {
    missing--;
    if (missing <= 0) all.resolve();
    return all.promise;
  };
}

/** What became of each that raced: done, or the class of its error. */
export async function ends(racers: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const settled = await Promise.allSettled(racers);
  return settled.map((end) => (end.status === 'fulfilled' ? 'done' : classifyDatabaseError(end.reason))).toSorted();
}

/** Rolls a transaction back. */
export class NeverMindError extends Error {
  override readonly name = 'NeverMindError';
}

export const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);
