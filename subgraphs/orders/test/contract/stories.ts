import { newId, newShardedId, type Id } from '@tally/kernel';
import { classifyDatabaseError } from '@tally/messaging';
import type { LineWish, StoredCart } from '../../src/domain/cart.ts';
import type { OrderDraft } from '../../src/domain/order-draft.ts';
import { moveOf } from '../../src/domain/order.ts';
import { cancel, expire, type Advance, type Saga } from '../../src/domain/saga.ts';
import { answersTo } from '../../src/domain/saga-replies.ts';
import type { SagaState } from '../../src/ports/sagas-store.ts';
import { aDraft, hears, NeverMindError, place } from './drafts.ts';
import type { Call, Happening, InTransaction, Outside } from './happenings.ts';
import { aProduct } from './products.ts';
import type { Stores, StoresWorld } from './stores-world.ts';

/** Happenings with everything that must be the same wherever they are told. */
export interface Story {
  readonly happenings: readonly Happening[];
  readonly buyers: readonly Id<'usr'>[];
  readonly variants: readonly Id<'var'>[];
  readonly products: readonly Id<'prod'>[];
  /** The first two are for buyers, the others guests'. */
  readonly carts: readonly Id<'cart'>[];
  readonly drafts: ReadonlyMap<Call, OrderDraft>;
  /** An order that nobody places. */
  readonly stranger: Id<'ord'>;
}

function at<Thing>(things: readonly Thing[], index: number): Thing {
  const thing = things[index % things.length];
  if (thing === undefined) throw new RangeError('nothing to choose from');
  return thing;
}

export function aStory(happenings: readonly Happening[]): Story {
  const [buyers, variants, products] = [
    [newId('usr'), newId('usr')],
    [newId('var'), newId('var'), newId('var')],
    [newId('prod'), newId('prod')],
  ];
  const carts = [1, 2, 3].map((shard) => newShardedId('cart', shard));
  const drafts = new Map<Call, OrderDraft>();
  for (const call of happenings.flatMap((happening) => ('calls' in happening ? happening.calls : []))) {
    if (call.at !== 'place') continue;
    const of = call.variants.map((variant) => ({ variantId: at(variants, variant), quantity: variant + 1 }));
    const cartId = call.cart === null ? null : at(carts, call.cart);
    drafts.set(call, aDraft({ buyerId: at(buyers, call.buyer), clientKey: `key ${call.key}`, cartId, of }));
  }
  return { happenings, buyers, variants, products, carts, drafts, stranger: aDraft().id };
}

/** Everything that a world answers to a story, and how it stands at the end. Moments, and ids that a store draws, are left out. */
export async function answersOf(world: StoresWorld, story: Story): Promise<readonly unknown[]> {
  const prices = Object.fromEntries(story.variants.map((id, index) => [id, 1_000 + index]));
  await world.replica.replace(aProduct(prices, story.products[0]), 1);
  const answers: unknown[] = [];
  for (const happening of story.happenings) {
    const answer = 'calls' in happening ? inTransaction(world, story, happening) : outside(world, story, happening);
    answers.push([happening, comparable(await answer, story)]);
  }
  return [...answers, comparable(await standing(world, story), story)];
}

async function inTransaction(world: StoresWorld, story: Story, { calls, rollBack }: InTransaction): Promise<unknown> {
  const answers: unknown[] = [];
  try {
    await world.transaction(async (stores) => {
      for (const call of calls) answers.push(await answerTo(stores, story, call));
      if (rollBack) throw new NeverMindError();
    });
  } catch (error) {
    answers.push(error instanceof NeverMindError ? 'rolled back' : classifyDatabaseError(error));
  }
  return answers;
}

async function outside(world: StoresWorld, story: Story, happening: Outside): Promise<unknown> {
  switch (happening.outside) {
    case 'postpone':
      return world.due.postpone(orderOf(story, happening.order), 'because');
    case 'listDue':
      return world.due.list(happening.limit);
    case 'expireCart':
      // Days apart: of carts that expire together any may go first.
      return world.expire(at(story.carts, happening.cart), new Date(Date.UTC(2020, 0, 1 + happening.cart)));
    case 'removeCarts':
      return world.expired.remove(happening.limit);
    case 'retire':
      return world.replica.retire({ product: { id: at(story.products, happening.product) }, variantIds: [] }, happening.sequence);
    case 'replace': {
      const prices = happening.amounts.flatMap((amount, index) => (amount === null ? [] : [[at(story.variants, index), amount] as const]));
      return world.replica.replace(aProduct(Object.fromEntries(prices), at(story.products, happening.product)), happening.sequence);
    }
  }
}

async function answerTo(stores: Stores, story: Story, call: Call): Promise<unknown> {
  const { orders, sagas, carts } = stores;
  switch (call.at) {
    case 'place': {
      const draft = story.drafts.get(call) ?? aDraft();
      // Hours apart, so that the order in which sagas are due does not hang on milliseconds.
      const reserveMs = (call.key % 2 === 0 ? -3_600_000 : 3_600_000) * (1 + [...story.drafts.keys()].indexOf(call));
      return place(stores, draft, reserveMs);
    }
    case 'hear': {
      const state = await sagas.load(orderOf(story, call.order));
      if (state === null) return null;
      const { type } = at(state.saga.commands.toReversed(), call.command);
      const { next, sequences } = await hears(stores, state.saga.orderId, at(answersTo[type], call.answer), type);
      return [next, sequences];
    }
    case 'cancel':
      return decided(stores, orderOf(story, call.order), ({ saga, status }) => cancel(saga, status, 'CUSTOMER'));
    case 'expire':
      if (!(await sagas.takeDue(orderOf(story, call.order)))) return 'not due';
      return decided(stores, orderOf(story, call.order), ({ saga, now }) => expire(saga, now));
    case 'lock':
      return orders.lock(orderOf(story, call.order));
    case 'move': {
      const locked = await orders.lock(orderOf(story, call.order));
      return locked === null ? null : orders.move(locked.id, moveOf(locked.status, call.to, { note: 'moved' }));
    }
    case 'touch':
      return carts.touch(at(story.carts, call.cart));
    case 'own':
      return call.cart < 2
        ? carts.touchOwn(at(story.buyers, call.cart), at(story.carts, call.cart))
        : carts.open(at(story.carts, call.cart));
    case 'read':
      return contents(await carts.read(at(story.carts, call.cart)));
    case 'setLines':
    case 'addLines': {
      // Whoever changes lines or moves them has locked their cart.
      const cart = await carts.touch(at(story.carts, call.cart));
      return cart === null ? null : carts[call.at](cart.id, wishesOf(story, call.wishes));
    }
    case 'stamp':
    case 'takeOrdered':
    case 'giveBack': {
      const cart = await carts.read(at(story.carts, call.cart));
      if (cart === null) return null;
      const orderId = orderOf(story, call.order);
      if (call.at === 'stamp') return carts.stamp(cart.id, cart.version - call.behind, orderId);
      return carts[call.at](cart.id, call.order % 2 === 0 ? (cart.liveOrderId ?? orderId) : orderId);
    }
    case 'merge': {
      const from = await carts.touch(at(story.carts, call.cart));
      const into = await carts.touch(at(story.carts, call.into));
      if (from === null || into === null || from.id === into.id) return carts.claimedBy(at(story.carts, call.cart));
      return carts.merge(from.id, into.id, at(story.buyers, call.buyer));
    }
  }
}

async function decided({ sagas }: Stores, orderId: Id<'ord'>, decide: (state: SagaState) => Advance | null): Promise<unknown> {
  const state = await sagas.load(orderId);
  const next = state === null ? null : decide(state);
  return state === null || next === null ? null : [next, await sagas.apply(state, next, null)];
}

async function standing(world: StoresWorld, { buyers, variants, carts, drafts }: Story): Promise<unknown> {
  const ids = [...drafts.values()].map(({ id }) => id);
  const states = await world.transaction(async ({ sagas }) => {
    const all: (SagaState | null)[] = [];
    for (const id of ids) all.push(await sagas.load(id));
    return all;
  });
  const streams: unknown[] = [];
  for (const buyer of buyers) streams.push(await world.orders.streamOf(buyer, 0, 1_000));
  return {
    states: states.map((state) => (state === null ? null : { ...state, saga: withCommandsById(state.saga) })),
    streams,
    orders: inOrder(await world.orders.byIds(ids)),
    lines: inOrder(await world.orders.linesOf(ids)),
    timelines: inOrder(await world.orders.timelinesOf(ids, 0, 1_000)),
    carts: inOrder(await world.carts.byIds(carts)).map(([id, cart]) => [id, contents(cart)]),
    owned: inOrder(await world.carts.byOwners(buyers)).map(([id, cart]) => [id, contents(cart)]),
    prices: inOrder(await world.prices.pricesOf(variants)),
    due: await world.due.list(50),
  };
}

const orderOf = ({ drafts, stranger }: Story, index: number): Id<'ord'> =>
  [...drafts.values()][index % Math.max(drafts.size, 1)]?.id ?? stranger;

const wishesOf = ({ variants }: Story, wishes: readonly (readonly [number, number])[]): readonly LineWish[] =>
  wishes.map(([variant, quantity], index) => ({ variantId: at(variants, variant), quantity, at: index }));

/** Lines by variant: their ids and moments are the store's. */
const contents = (cart: StoredCart | null) =>
  cart === null
    ? null
    : { ...cart, lines: cart.lines.map(({ id: _, ...line }) => line).toSorted((a, b) => (a.variantId < b.variantId ? -1 : 1)) };

/** Commands of one decision are sent at one moment. */
const withCommandsById = (saga: Saga) => ({ ...saga, commands: saga.commands.toSorted((a, b) => (a.id < b.id ? -1 : 1)) });

const inOrder = <Value>(found: ReadonlyMap<string, Value>) => [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));

/** What a teller draws anew each time: moments, and ids of parties that the story does not name. */
function comparable(answer: unknown, { variants }: Story): unknown {
  const isDrawn = (value: string): boolean =>
    /^(sell|pay|ref)_[0-9a-f]{32}$/.test(value) || (value.startsWith('var_') && !variants.some((id) => id === value));
  // `JSON.stringify` has made text of dates before it asks.
  const isMoment = (value: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
  const replace = (_: string, value: unknown): unknown =>
    typeof value !== 'string' ? value : isMoment(value) ? 'a moment' : isDrawn(value) ? 'an id' : value;
  return JSON.parse(JSON.stringify(answer ?? null, replace)) as unknown;
}
