import { ok, type Id, type Outcome } from '@tally/kernel';
import { placeToCursor, queryHash } from '../domain/catalogue-query.ts';
import type { CatalogueQuery, PageRequest } from '../domain/catalogue-query.ts';
import type { CatalogueSearch } from '../ports/catalogue-search.ts';
import type { Telemetry } from '../telemetry.ts';
import { readBrowse, type BadArgument, type Browse } from './read-arguments.ts';

/** A product that was found, and the parts of the cursor that leads back to it. */
export interface Found {
  readonly productId: Id<'prod'>;
  readonly score: number | null;
  readonly cursor: readonly string[];
}

/** Found products in the order asked for, and whether there are others on either side. */
export interface FoundPage {
  readonly found: readonly Found[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}

/** One page of a query: page and count are read when asked for, each at most once, and at the same time if both are. */
export interface Browsing {
  page(): Promise<FoundPage>;
  /** 10,001 means more than 10,000. */
  count(): Promise<number>;
}

/** Looks for products that are on sale. */
export function createBrowseProducts({ search, telemetry }: { readonly search: CatalogueSearch; readonly telemetry: Telemetry }) {
  async function read(query: CatalogueQuery, request: PageRequest): Promise<FoundPage> {
    const { hits, more } = await search.page(query, request);
    if (query.words !== null && request.from === null) telemetry.searched(hits.length > 0);
    const hash = queryHash(query);
    const forwards = request.direction === 'forwards';
    const behind = request.from !== null;
    return {
      found: hits.map(({ place, score }) => ({ productId: place.id, score, cursor: placeToCursor(hash, place) })),
      hasNext: forwards ? more : behind,
      hasPrevious: forwards ? behind : more,
    };
  }
  return function browseProducts(browse: Browse): Outcome<Browsing, BadArgument> {
    const asked = readBrowse(browse);
    if (!asked.ok) return asked;
    const { query, page: request } = asked.value;
    let page: Promise<FoundPage> | undefined;
    let count: Promise<number> | undefined;
    return ok({
      page: () => (page ??= read(query, request)),
      count: () => (count ??= search.count(query, request.from?.matching ?? null)),
    });
  };
}
