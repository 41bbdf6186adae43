import { createIdFactory, type Id, type IdFactory } from '@tally/kernel';
import { createRandom, type Random } from '@tally/kernel';
import { type Schedule } from '@tally/simulation';
import type { Token } from '@tally/payment-simulator';
import { workloadTrouble } from '../schedule.ts';

/** What is sold. */
export interface Ware {
  readonly variantId: Id<'var'>;
  readonly productId: Id<'prod'>;
  /** Minor units. */
  readonly price: number;
  readonly units: number;
}

/** Somebody who buys, with the methods that payments is to keep for them; the first is their default. */
export interface Buyer {
  readonly id: Id<'usr'>;
  readonly tokens: readonly Token[];
}

export interface Line {
  readonly variantId: Id<'var'>;
  readonly quantity: number;
}

/** One purchase as its buyer means it. Times in milliseconds from the beginning of the history. */
export interface Purchase {
  readonly buyer: Buyer;
  readonly key: string;
  readonly atMs: number;
  readonly lines: readonly Line[];
  /** Put into a cart first, instead of sent along. */
  readonly fromCart: boolean;
  /** Of the buyer's method; `null`: their default. */
  readonly token: Token | null;
  /** Sent that many times at once. */
  readonly clicks: number;
  /** The last click asks for something else under the same key. */
  readonly lastClickDiffers: boolean;
  /** Answers that are not heard, from the first on. */
  readonly unheard: number;
  /** After its acceptance; `null`: not called off. */
  readonly cancelAfterMs: number | null;
}

/** A change of stock by staff, refused where there is too little. */
export interface Adjustment {
  readonly key: string;
  readonly atMs: number;
  readonly variantId: Id<'var'>;
  readonly delta: number;
}

/** Everybody's intentions in one history. */
export interface Plan {
  readonly wares: readonly Ware[];
  readonly buyers: readonly Buyer[];
  readonly purchases: readonly Purchase[];
  readonly adjustments: readonly Adjustment[];
  readonly staff: Id<'usr'>;
}

const oddTokens: readonly [Token, ...Token[]] = [
  'tok_declined',
  'tok_declined',
  'tok_declined',
  'tok_action_required',
  'tok_action_required',
  'tok_captures_at_once',
  'tok_timeout_after',
  'tok_timeout_before',
  'tok_slow_3s',
  'tok_error',
  'tok_garbage',
  'tok_unknown_5s',
  'tok_capture_refused',
  'tok_capture_timeout_after',
  'tok_void_timeout_after',
  'tok_expires',
];
/** Of the time of the world. */
const perSecond = 8;
const hotShare = 0.2;
const beginning = Date.UTC(2026, 0, 1);

/** Draws whether a kind of trouble comes about, and counts it. */
type Strikes = (kind: keyof typeof workloadTrouble, chance: Random) => boolean;

/** What a schedule's seed makes of the buyers. A purchase does not depend on how many come after it, nor on what is switched off. */
export function planOf({ seed, size: orders, faults }: Schedule, struck: (kind: string) => void): Plan {
  const random = createRandom(seed).fork('plan');
  const left = new Map(Object.entries(faults));
  const strikes: Strikes = (kind, chance) => {
    const allowed = left.get(kind) ?? 0;
    if (!chance.chance(workloadTrouble[kind]) || allowed <= 0) return false;
    left.set(kind, allowed - 1);
    struck(kind);
    return true;
  };
  const ids = idsOf(random, 'ids');
  const wares = Array.from({ length: 8 }, (_, at): Ware => {
    const chance = random.fork(`ware ${at}`);
    // The first is what everybody wants and hardly anybody gets.
    const units = at === 0 ? Math.max(3, Math.ceil(orders / 10)) : chance.between(100, 300);
    return { variantId: ids.newId('var'), productId: ids.newId('prod'), price: chance.between(1, 40) * 100 - 1, units };
  });
  const buyers = Array.from({ length: Math.max(2, Math.ceil(orders / 4)) }, (_, at): Buyer => {
    const chance = random.fork(`buyer ${at}`);
    const tokens = new Set<Token>(['tok_ok']);
    for (let more = chance.between(1, 3); more > 0; more--) tokens.add(chance.pick(oddTokens));
    // Some have never left a method.
    return { id: idsOf(random, `ids of buyer ${at}`).newId('usr'), tokens: chance.chance(0.02) ? [] : [...tokens] };
  });
  const indices = Array.from({ length: orders }, (_, at) => at);
  return {
    wares,
    buyers,
    purchases: indices.map((at) => purchaseOf(at, random.fork(`purchase ${at}`), wares, buyers, strikes)),
    adjustments: indices.flatMap((at) => adjustmentOf(at, random.fork(`adjustment ${at}`), wares, strikes)),
    staff: ids.newId('usr'),
  };
}

function purchaseOf(at: number, random: Random, wares: readonly Ware[], buyers: readonly Buyer[], strikes: Strikes): Purchase {
  const buyer = random.pick(buyers as [Buyer, ...Buyer[]]);
  const [usual, ...odd] = buyer.tokens;
  const token = strikes('odd method', random.fork('method')) ? odd[random.between(0, odd.length - 1)] : usual;
  const clicking = random.fork('clicks');
  const clicks = strikes('double click', clicking) ? clicking.between(2, 3) : 1;
  return {
    buyer,
    key: `purchase ${at}`,
    atMs: Math.floor((at * 1_000) / perSecond + random.next() * 2_000),
    lines: linesOf(random, wares),
    fromCart: random.chance(0.25),
    token: token === usual && random.chance(0.5) ? null : (token ?? null),
    clicks,
    lastClickDiffers: clicks > 1 && strikes('other payload', clicking),
    unheard: strikes('answer unheard', random.fork('answers')) ? random.between(1, 2) : 0,
    cancelAfterMs: strikes('called off', random.fork('cancel')) ? Math.floor(random.next() ** 3 * 30_000) : null,
  };
}

function linesOf(random: Random, wares: readonly Ware[]): readonly Line[] {
  const [hot, ...others] = wares;
  const pick = (): Ware | undefined => (random.chance(hotShare) ? hot : others[random.between(0, others.length - 1)]);
  const lines = Array.from({ length: random.between(1, 3) }, pick).flatMap((ware) =>
    ware === undefined ? [] : [{ variantId: ware.variantId, quantity: random.between(1, 2) }],
  );
  // Two lines of one variant are one wish.
  const [first] = lines;
  return first !== undefined && random.chance(0.1) ? [...lines, { ...first, quantity: 1 }] : lines;
}

function adjustmentOf(at: number, random: Random, wares: readonly Ware[], strikes: Strikes): readonly Adjustment[] {
  if (!strikes('stock adjusted', random)) return [];
  const { variantId } = random.pick(random.chance(0.5) ? ([wares[0]] as [Ware]) : (wares as [Ware, ...Ware[]]));
  const atMs = Math.floor((at * 1_000) / perSecond + random.next() * 5_000);
  return [{ key: `adjustment ${at}`, atMs, variantId, delta: random.between(-3, 4) || 1 }];
}

function idsOf(random: Random, name: string): IdFactory {
  const chance = random.fork(name);
  return createIdFactory(
    () => beginning,
    (bytes) => Uint8Array.from({ length: bytes }, () => chance.between(0, 255)),
  );
}
