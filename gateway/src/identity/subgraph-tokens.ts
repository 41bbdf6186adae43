import type { Caller, Signer } from '@tally/identity';

/** The `authorization` header for one subgraph on behalf of one caller; `undefined` when the graph has no keys. */
export type AuthorisationFor = (caller: Caller, subgraph: string) => Promise<string | undefined>;

/** Foreign graphs know nothing of our tokens. */
export const withoutToken: AuthorisationFor = () => Promise.resolve(undefined);

/** Tokens good for one subgraph and one minute. `signer` caches them for half their life. */
export function createAuthorisationFor(signer: Signer): AuthorisationFor {
  return async (caller, subgraph) => `Bearer ${(await signer.sign(caller, subgraph)).token}`;
}
