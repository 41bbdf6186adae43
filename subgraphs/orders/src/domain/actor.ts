import type { Id } from '@tally/kernel';

/** On whose behalf a use case runs. Roles are bundles of scopes; rules see scopes only. */
export interface Actor {
  /** The person; `null` for guests and for service accounts. */
  readonly userId: Id<'usr'> | null;
  /** Whose idempotency keys these are; `null` for guests. */
  readonly keyScope: string | null;
  readonly scopes: readonly string[];
}

/** Reads orders of everybody. */
export const mayReadAll = ({ scopes }: Actor): boolean => scopes.includes('orders:read:any');

/** Packs, ships and cancels orders of everybody. */
export const mayFulfil = ({ scopes }: Actor): boolean => scopes.includes('orders:fulfil');

/** Steps in where something stands still. */
export const mayOperate = ({ scopes }: Actor): boolean => scopes.includes('operations:write');

/** Sees what stands still. */
export const maySeeTrouble = ({ scopes }: Actor): boolean => scopes.includes('operations:read');

/** The buyer, or somebody who reads all. Everybody else sees no difference to an order that does not exist. */
export const mayRead = (actor: Actor, buyerId: Id<'usr'>): boolean => actor.userId === buyerId || mayReadAll(actor);
