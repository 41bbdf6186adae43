import { newId } from '@tally/kernel';
import { freshKey } from '@tally/testkit';
import type { Graph } from '../client/graph.ts';
import { homeAddress } from '../client/shopper.ts';

/** Checkouts with different keys that one buyer may send in a minute (`gateway/limits.json`). */
const points = 10;
const excess = 2;

async function passed(graph: Graph, token: string, count: number): Promise<number> {
  let through = 0;
  for (let sent = 0; sent < count; sent++) {
    // Of something that nobody sells: it is counted at the door and leaves nothing behind.
    const input = {
      lines: [{ variantId: newId('var'), quantity: 1 }],
      shippingAddress: homeAddress,
      idempotencyKey: freshKey('eager'),
    };
    const { data, errors } = await graph.send('Checkout', { input }, { token });
    const codes = errors.map(({ extensions }) => extensions?.code);
    if (data?.checkout != null) through += 1;
    else if (codes.some((code) => code !== 'RATE_LIMITED')) throw new Error(`an eager buyer is answered ${JSON.stringify(errors)}`);
  }
  return through;
}

/**
 * An eager buyer at both gateways in turn.
 *
 * @param token of somebody who has not bought in the last minute.
 * @param shared whether the gateways count together.
 * @returns what is wrong with how many got through, in words; `null`: it is as stated.
 */
export async function limitHolds(graphs: readonly [Graph, Graph], token: string, shared: boolean): Promise<string | null> {
  const half = points / 2;
  const first = await passed(graphs[0], token, shared ? half : points + excess);
  const second = await passed(graphs[1], token, points + excess);
  const wanted = shared ? half : points;
  if (first === wanted && second === wanted) return null;
  return `${shared ? 'together' : 'each for itself'}: ${String(first)} and ${String(second)} got through, not ${String(wanted)} each`;
}
