import { accessAudience, accessIssuer, createSigner, type SigningKey } from '@tally/identity';
import { newId, type Id } from '@tally/kernel';
import type { Token } from '@tally/payment-simulator';
import { ownAddress } from '../harness/buyers.ts';
import { openCaller, type Caller } from './caller.ts';
import { persist, type Obstacles } from './persist.ts';

/** A caller who has cards. */
export interface Buyer extends Caller {
  readonly number: number;
  readonly id: Id<'usr'>;
  /** The payment method of this kind; added when it is asked for the first time. */
  card(token: Token): Promise<string>;
}

/** Buyers nobody has heard of before. Disposal closes their connections. */
export interface Buyers extends AsyncDisposable {
  /** So many who have bought nothing yet, each with these cards; half of them at home at each gateway. */
  gather(count: number, ...cards: readonly Token[]): Promise<readonly Buyer[]>;
}

/** Preparations that are made side by side. */
const lanes = 24;

/** @param key what users signs with: signing in is not what is tried here. */
export function openBuyers(gateways: readonly [string, string], key: SigningKey): Buyers {
  const signer = createSigner({ kind: 'access', issuer: accessIssuer, key });
  const all: Buyer[] = [];
  const obstacles: Obstacles = new Map();

  async function open(number: number): Promise<Buyer> {
    const id = newId('usr');
    const { token } = await signer.sign({ kind: 'user', userId: id, sessionId: newId('ses'), scopes: [] }, accessAudience);
    const caller = openCaller({ gateways, token, home: number % 2 === 0 ? 0 : 1, localAddress: ownAddress(number) });
    const cards = new Map<Token, Promise<string>>();
    const add = async (card: Token): Promise<string> => {
      const input = { provider: 'simulator', token: card, makeDefault: cards.size === 0 };
      const ask = (gateway: 0 | 1) => caller.send('PaymentMethodAdd', { input }, gateway);
      const { payload } = await persist(ask, ({ paymentMethodAdd }) => paymentMethodAdd, { home: caller.home, obstacles });
      if (payload?.paymentMethod == null) throw new Error(`no card ${card}: ${JSON.stringify(payload?.userErrors)}`);
      return payload.paymentMethod.id;
    };
    return {
      ...caller,
      number,
      id,
      card(wanted) {
        const known = cards.get(wanted) ?? add(wanted);
        cards.set(wanted, known);
        return known;
      },
    };
  }

  return {
    async gather(count, ...cards) {
      const gathered: Buyer[] = [];
      for (let index = 0; index < count; index++) gathered.push(await open(all.length + index));
      all.push(...gathered);
      await inLanes(lanes, gathered, async (buyer) => {
        for (const card of cards) await buyer.card(card);
      });
      return gathered;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((buyer) => buyer[Symbol.asyncDispose]()));
    },
  };
}

/** Does something for each item, so many at a time. */
export async function inLanes<Item>(count: number, items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: count }, lane));
}
