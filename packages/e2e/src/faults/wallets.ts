import type { Graph } from '../client/graph.ts';

/** Somebody who buys, with the payment method of one token of the provider. */
export interface Wallet {
  readonly buyer: number;
  readonly paymentMethodId: string;
}

const firstBuyer = 300;

/**
 * Buyers for each of these tokens.
 *
 * @param each so many, 1 or more.
 */
export async function openWallets<Token extends string>(
  graph: Graph,
  tokenOf: (buyer: number) => Promise<string>,
  tokens: readonly Token[],
  each: number,
): Promise<ReadonlyMap<Token, readonly Wallet[]>> {
  const wallets = new Map<Token, Wallet[]>(tokens.map((token) => [token, []]));
  for (const [index, token] of Array.from({ length: each }, () => tokens)
    .flat()
    .entries()) {
    const buyer = firstBuyer + index;
    const input = { provider: 'simulator', token, makeDefault: true };
    const { paymentMethodAdd } = await graph.ask('PaymentMethodAdd', { input }, { token: await tokenOf(buyer) });
    if (paymentMethodAdd.paymentMethod === null)
      throw new Error(`no payment method for ${token}: ${JSON.stringify(paymentMethodAdd.userErrors)}`);
    wallets.get(token)?.push({ buyer, paymentMethodId: paymentMethodAdd.paymentMethod.id });
  }
  return wallets;
}
