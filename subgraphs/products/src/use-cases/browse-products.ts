import type { CatalogueQuery, PageRequest } from '../domain/catalogue-query.ts';
import type { CatalogueSearch, HitPage } from '../ports/catalogue-search.ts';
import type { Telemetry } from '../telemetry.ts';

/** One page of a query: hits and count are read when asked for, each at most once, and at the same time if both are. */
export interface Browsing {
  hits(): Promise<HitPage>;
  count(): Promise<number>;
}

export function createBrowseProducts({ search, telemetry }: { readonly search: CatalogueSearch; readonly telemetry: Telemetry }) {
  return function browseProducts(query: CatalogueQuery, page: PageRequest): Browsing {
    let hits: Promise<HitPage> | undefined;
    let count: Promise<number> | undefined;
    async function read(): Promise<HitPage> {
      const found = await search.page(query, page);
      if (query.words !== null && page.from === null) telemetry.searched(found.hits.length > 0);
      return found;
    }
    return {
      hits: () => (hits ??= read()),
      count: () => (count ??= search.count(query, page.from?.matching ?? null)),
    };
  };
}
