import { accessAudience, accessIssuer, createSigner, type SigningKey } from '@tally/identity';
import { newId, systemClock, type Clock } from '@tally/kernel';
import type { Graph } from './graph.ts';
import { shopperOf, type Shopper } from './shopper.ts';
import { staffOf, type Staff } from './staff.ts';

/** People without an account: their tokens are signed with the key of users, so hundreds cost no password hashes and no sign-ins. */
export interface People {
  readonly buyer: () => Promise<Shopper>;
  readonly staff: () => Promise<Staff>;
  /** An access token of a buyer nobody has heard of. */
  readonly token: (facts?: { readonly audience?: string; readonly scopes?: readonly string[] }) => Promise<string>;
}

const staffScopes = ['catalogue:write', 'stock:write', 'stock:read', 'orders:fulfil', 'orders:read:any', 'payments:read'] as const;

/** @param key what users signs with. @param clock says when the tokens are signed; they hold 15 minutes. */
export function createPeople(graph: Graph, key: SigningKey, clock: Clock = systemClock): People {
  const signer = createSigner({ kind: 'access', issuer: accessIssuer, key, clock });
  const tokenOf = async (
    userId: ReturnType<typeof newId<'usr'>>,
    scopes: readonly string[],
    audience: string = accessAudience,
  ): Promise<string> => (await signer.sign({ kind: 'user', userId, sessionId: newId('ses'), scopes }, audience)).token;
  return {
    token: ({ audience, scopes = [] } = {}) => tokenOf(newId('usr'), scopes, audience),
    async buyer() {
      const id = newId('usr');
      return shopperOf(graph, { id, email: '', password: '', token: await tokenOf(id, []) });
    },
    async staff() {
      return staffOf(graph, await tokenOf(newId('usr'), staffScopes));
    },
  };
}
