import type { Category } from '../domain/category.ts';
import type { Product } from '../domain/product.ts';
import type { Seller } from '../domain/seller.ts';
import type { ListedVariant } from './catalogue-reads.ts';

/** What is kept, by kind: the rows of the catalogue as JSON can carry them. Never stock, never an answer to a search, never what a viewer may see. */
export interface HotRows {
  readonly product: Omit<Product, 'createdAt' | 'updatedAt'> & { readonly createdAt: string; readonly updatedAt: string };
  readonly variant: ListedVariant;
  readonly category: Category;
  readonly seller: Seller;
}

export type HotKind = keyof HotRows;

/** How often each row had been invalidated when the ticket was made. Only the adapter that made it reads it. */
export type Ticket = ReadonlyMap<string, string>;

/**
 * Rows that are read often, kept near. Keys are ids in their prefixed spelling, which are distinct over all kinds. Rows go in and come out by value: what
 * a caller does to its own never shows in another's, and what comes out may be frozen.
 *
 * The rule that keeps old values out: each invalidation moves the *stamp* of its rows, a reader takes a ticket before it asks the database, and a row
 * whose stamp has moved since is not taken. For this to hold the database must show the reader whatever was committed before its ticket.
 *
 * Nothing here rejects: what cannot be reached knows nothing and takes nothing. Rows expire by themselves after 60 s, whatever happens.
 */
export interface HotReads {
  /** Those that are known. Ids may be of rows that do not exist. */
  get<K extends HotKind>(kind: K, ids: readonly string[]): Promise<ReadonlyMap<string, HotRows[K]>>;
  /** Comes before the read whose rows are to be stored, and names all of them. */
  begin(ids: readonly string[]): Promise<Ticket>;
  /** Keeps rows that were read under a ticket. @returns the ids it refused: invalidated since, or not named by the ticket. */
  store<K extends HotKind>(ticket: Ticket, kind: K, rows: readonly HotRows[K][]): Promise<readonly string[]>;
  /** Forgets rows. Once resolved, no `get` that begins later gives what was stored before, and tickets from before are void for these rows. */
  invalidate(ids: readonly string[]): Promise<void>;
  /** The same for every row there is. */
  invalidateAll(): Promise<void>;
}
