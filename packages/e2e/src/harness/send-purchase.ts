import type { Graph } from '../client/graph.ts';
import { homeAddress } from '../client/shopper.ts';
import type { Purchase } from './history.ts';

/** What one request to buy came to. `unknown`: it may have happened, and the same key finds out. */
export type Attempt =
  | { readonly outcome: 'accepted'; readonly replayed: boolean }
  /** Nothing was left behind. */
  | { readonly outcome: 'refused'; readonly codes: readonly string[] }
  /** Codes of the graph; empty when there was no answer at all, of which `lost` says how. */
  | { readonly outcome: 'unknown'; readonly codes: readonly string[]; readonly lost: string | null };

/** Sends a purchase and writes down what its buyer knows now. Never throws for a system that dies meanwhile. */
export async function sendPurchase(graph: Graph, purchase: Purchase, token: string): Promise<Attempt> {
  const attempt = await send(graph, purchase, token);
  purchase.state = attempt.outcome === 'unknown' ? 'info' : 'ok';
  return attempt;
}

async function send(graph: Graph, purchase: Purchase, token: string): Promise<Attempt> {
  const input = {
    lines: [{ variantId: purchase.variantId, quantity: purchase.quantity }],
    shippingAddress: homeAddress,
    paymentMethodId: purchase.paymentMethodId,
    idempotencyKey: purchase.key,
  };
  try {
    const { data, errors } = await graph.send('Checkout', { input }, { token });
    const checkout = data?.checkout;
    if (checkout?.order != null && errors.length === 0) {
      purchase.orderId = checkout.order.id;
      purchase.total = checkout.order.total.amount;
      return { outcome: 'accepted', replayed: checkout.replayed };
    }
    const codes = [...errors.map(({ extensions }) => extensions?.code ?? ''), ...(checkout?.userErrors.map(({ code }) => code) ?? [])];
    // IDEMPOTENCY_IN_PROGRESS says nothing about the end.
    const refused = checkout != null && errors.length === 0 && !codes.includes('IDEMPOTENCY_IN_PROGRESS');
    return refused ? { outcome: 'refused', codes } : { outcome: 'unknown', codes, lost: null };
  } catch (error) {
    return { outcome: 'unknown', codes: [], lost: reasonOf(error) };
  }
}

/** The code of what broke the connection, where it has one. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : String(cause);
}
