import type { Inbox, Outbox } from '@tally/messaging';
import type { CatalogueStore } from './catalogue-store.ts';
import type { StockStore } from './stock-store.ts';

/** What an earlier request with the same idempotency key left. */
export interface RecordedRequest {
  readonly fingerprint: string;
  readonly result: unknown;
}

/** Idempotency keys of one open transaction. */
export interface IdempotencyKeys {
  find(scope: string, operation: string, key: string): Promise<RecordedRequest | null>;
  /** The first write of its transaction. @returns `claimed`, or what another request recorded meanwhile. @throws the key is taken by an open request. */
  claim(scope: string, operation: string, key: string, fingerprint: string, result?: unknown): Promise<'claimed' | RecordedRequest>;
}

/** Everything that one transaction may touch. */
export interface Unit {
  readonly catalogue: CatalogueStore;
  readonly stock: StockStore;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly idempotency: IdempotencyKeys;
}

/**
 * Runs one unit of work in one READ COMMITTED transaction: all of it, or, when it throws, nothing. It may run again from its beginning after a
 * conflict, so it has no effect outside.
 */
export type Transact = <Result>(work: (unit: Unit) => Promise<Result>) => Promise<Result>;
