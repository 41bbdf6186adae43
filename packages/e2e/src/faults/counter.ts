import { setTimeout as pause } from 'node:timers/promises';
import { freshKey, openSql } from '@tally/testkit';
import { createGraph, type Graph } from '../client/graph.ts';
import { unknown, type History, type Purchase } from '../harness/history.ts';
import { createRandom, type Random } from '@tally/kernel';
import { sendPurchase, type Attempt } from '../harness/send-purchase.ts';
import { openTokens } from '../harness/shoppers.ts';
import type { ProcessesSystem } from '../harness/processes.ts';
import { stockedVariants } from '../harness/variants.ts';
import { openWallets } from './wallets.ts';

/** Where people buy while something is broken. Everything that they sent is in the history. */
export interface Counter<Token extends string = string> {
  readonly graphs: readonly [Graph, Graph];
  readonly history: History;
  readonly random: Random;
  /** What they buy. */
  readonly variantIds: readonly string[];
  /** What nobody buys. */
  readonly unsold: readonly string[];
  readonly tokenOf: (buyer: number) => Promise<string>;
  /** Sends one purchase once, at either gateway. */
  buy(token: Token): Promise<{ readonly purchase: Purchase; readonly attempt: Attempt }>;
  /** The same until it is accepted. @returns the order. @throws {Error} it is not in time. */
  buyForCertain(token: Token): Promise<string>;
  /** Its buyer calls an order off, until there is an answer. */
  cancel(orderId: string): Promise<void>;
  /** Asks once more, with the same key, about everything whose answer was lost. @returns how many are still not known. */
  askAgain(): Promise<number>;
}

const sold = 100;
const left = 60;
const tries = 60;
const betweenMs = 500;

/**
 * Opens both gateways for buyers with these tokens of the provider. Disposal closes the connections.
 *
 * @param buyersEach who come in turn: production lets one buy ten times a minute.
 */
export async function openCounter<Token extends string>(
  system: ProcessesSystem,
  tokens: readonly Token[],
  seed: number,
  buyersEach = 1,
): Promise<Counter<Token> & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const [first, second] = system.gateways;
  const graphs = [stack.use(createGraph(first)), stack.use(createGraph(second))] as const;
  const tokenOf = await openTokens(system.dataDir);
  const wallets = await openWallets(graphs[0], tokenOf, tokens, buyersEach);
  await using sql = await openSql(system.databaseUrls.auditor);
  const stocked = await stockedVariants(sql, sold + left);
  const [variantIds, unsold] = [stocked.slice(0, sold), stocked.slice(sold)];
  const [history, random]: [History, Random] = [{ purchases: [] }, createRandom(seed)];

  let turn = 0;
  const nextWallet = (token: Token) => {
    const own = wallets.get(token) ?? [];
    const wallet = own[turn++ % own.length];
    if (wallet === undefined) throw new RangeError(`nobody pays with ${token}`);
    return wallet;
  };
  const send = async (purchase: Purchase): Promise<Attempt> => sendPurchase(random.pick(graphs), purchase, await tokenOf(purchase.buyer));

  async function buy(token: Token) {
    const purchase: Purchase = {
      ...nextWallet(token),
      key: freshKey('fault'),
      variantId: variantIds[random.between(0, variantIds.length - 1)] ?? '',
      quantity: 1,
      state: 'open',
      orderId: null,
      total: null,
    };
    history.purchases.push(purchase);
    return { purchase, attempt: await send(purchase) };
  }

  const owned = stack.move();
  return {
    graphs,
    history,
    random,
    variantIds,
    unsold,
    tokenOf,
    buy,
    async buyForCertain(token) {
      const { purchase } = await buy(token);
      for (let tried = 0; tried < tries && purchase.state === 'info'; tried++) {
        await pause(betweenMs);
        await send(purchase);
      }
      if (purchase.orderId === null) throw new Error(`a purchase with ${token} is not accepted`);
      return purchase.orderId;
    },
    async cancel(orderId) {
      const purchase = history.purchases.find((one) => one.orderId === orderId);
      if (purchase === undefined) throw new RangeError(`nobody here bought ${orderId}`);
      const input = { orderId, reason: 'CUSTOMER', idempotencyKey: freshKey('cancel') };
      for (let tried = 0; tried < tries; tried++) {
        const caller = { token: await tokenOf(purchase.buyer) };
        const answer = await random
          .pick(graphs)
          .send('OrderCancel', { input }, caller)
          .catch(() => null);
        if (answer?.data !== null && answer?.data !== undefined && answer.errors.length === 0) {
          const codes = answer.data.orderCancel.userErrors.map(({ code }) => code);
          if (codes.length === 0) return;
          if (!codes.includes('IDEMPOTENCY_IN_PROGRESS')) throw new Error(`${orderId} cannot be called off: ${codes.join(', ')}`);
        }
        await pause(betweenMs);
      }
      throw new Error(`${orderId} is not called off`);
    },
    async askAgain() {
      await Promise.all(unknown(history).map(send));
      return unknown(history).length;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
