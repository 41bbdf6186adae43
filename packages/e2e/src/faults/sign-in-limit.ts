import { Pool } from 'undici';
import { ownAddress } from '../harness/buyers.ts';
import { documentOf } from '../client/documents.ts';
import type { Graph } from '../client/graph.ts';

/** Sign-ins from one address in a minute (`gateway/limits.json`); a gateway that counts for itself grants half. */
const points = 20;
const excess = 3;
let addresses = 5_000;

/**
 * Somebody at an address of its own who renews a session that does not exist, at one gateway after the other.
 *
 * @param shared whether the gateways count together.
 * @returns what is wrong with how many got through, in words; `null`: it is as stated, or this machine has one address only.
 */
export async function signInLimitHolds(graphs: readonly [Graph, Graph], shared: boolean): Promise<string | null> {
  const localAddress = ownAddress(addresses++);
  if (localAddress === undefined) return null;
  const first = await passed(graphs[0].url, localAddress, points + excess);
  const second = await passed(graphs[1].url, localAddress, points + excess);
  const wanted = shared ? [points, 0] : [points / 2, points / 2];
  if (first === wanted[0] && second === wanted[1]) return null;
  return `${shared ? 'together' : 'each for itself'}: ${String(first)} and ${String(second)} got through, not ${wanted.join(' and ')}`;
}

async function passed(url: string, localAddress: string, count: number): Promise<number> {
  const pool = new Pool(url, { connections: 1, localAddress });
  const body = JSON.stringify({
    query: documentOf('SessionRefresh'),
    operationName: 'SessionRefresh',
    variables: { refreshToken: 'nobody has this' },
  });
  let through = 0;
  try {
    for (let sent = 0; sent < count; sent++) {
      const answer = await pool.request({ path: '/graphql', method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (!(await answer.body.text()).includes('RATE_LIMITED')) through++;
    }
  } finally {
    await pool.close();
  }
  return through;
}
