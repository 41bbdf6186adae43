import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** A cache bounded by count and by the text its keys or documents come from, so that a few huge operations cannot fill memory. */
export interface Bound {
  readonly entries: number;
  readonly characters: number;
}

export const operationBound: Bound = { entries: 2_000, characters: 16 * 1024 * 1024 };

export function boundedBy<V extends object>(bound: Bound, charactersOf: (value: V, key: string) => number): LRUCache<string, V> {
  return new LRUCache<string, V>({
    max: bound.entries,
    maxSize: bound.characters,
    sizeCalculation: (value, key) => Math.max(1, charactersOf(value, key)),
  });
}

/** Length of the text a document was parsed from. */
export const sourceLength = (document: DocumentNode): number => document.loc?.end ?? 1;
