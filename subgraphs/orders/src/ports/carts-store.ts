import type { Id } from '@tally/kernel';
import type { LineWish, StoredCart } from '../domain/cart.ts';

/** A cart whose row this transaction has locked, by raising its version. */
export interface LockedCart {
  readonly id: Id<'cart'>;
  readonly ownerId: Id<'usr'> | null;
  /** After the change. */
  readonly version: number;
  readonly liveOrderId: Id<'ord'> | null;
}

/** What became of one wish. */
export interface PutLine {
  readonly variantId: Id<'var'>;
  /** The price replica knows the variant. */
  readonly known: boolean;
  /** `false` for a known variant: the line would hold more than a line may. */
  readonly put: boolean;
}

/** Carts in an open transaction. Faults are database errors. */
export interface CartsStore {
  /** Locks and raises a cart that exists; its life begins anew. `null`: there is none, or it was claimed. */
  touch(cartId: Id<'cart'>): Promise<LockedCart | null>;
  /** The open cart of a buyer, made under `freshId` if there is none; parallel callers meet in one. */
  touchOwn(ownerId: Id<'usr'>, freshId: Id<'cart'>): Promise<LockedCart>;
  /** A new guest's cart. */
  open(cartId: Id<'cart'>): Promise<LockedCart>;
  /** Sets quantities in one statement; 0 removes the line. */
  setLines(cartId: Id<'cart'>, wishes: readonly LineWish[]): Promise<readonly PutLine[]>;
  /** Adds to quantities in one statement, atomically per line. */
  addLines(cartId: Id<'cart'>, wishes: readonly LineWish[]): Promise<readonly PutLine[]>;
  /** The cart with the prices of now, as this transaction sees it. */
  read(cartId: Id<'cart'>): Promise<StoredCart | null>;
  /** Moves all lines of a locked guest's cart into a locked cart, at most a full line each, and ends the guest's cart for `claimedBy`. */
  merge(from: Id<'cart'>, into: Id<'cart'>, claimedBy: Id<'usr'>): Promise<void>;
  /** Who claimed a cart; `null`: nobody, or there is none. */
  claimedBy(cartId: Id<'cart'>): Promise<Id<'usr'> | null>;
  /** Ties the cart to an order. `false`: it has changed since that version, or another order lives from it. */
  stamp(cartId: Id<'cart'>, version: number, orderId: Id<'ord'>): Promise<boolean>;
  /** The order was confirmed: what it took leaves the cart, which is free again. */
  takeOrdered(cartId: Id<'cart'>, orderId: Id<'ord'>): Promise<void>;
  /** The order came to nothing: the cart is free again, its lines untouched. */
  giveBack(cartId: Id<'cart'>, orderId: Id<'ord'>): Promise<void>;
}

/** Carts as they stand now, with the prices of now. One statement per call. Nobody's rights are checked here. */
export interface CartReads {
  byIds(ids: readonly Id<'cart'>[]): Promise<ReadonlyMap<string, StoredCart>>;
  byOwners(ownerIds: readonly Id<'usr'>[]): Promise<ReadonlyMap<string, StoredCart>>;
}

/** What the clean-up needs. */
export interface ExpiredCarts {
  /** Removes carts past their day that no order lives from, at most `limit`. @returns how many. */
  remove(limit: number): Promise<number>;
}
