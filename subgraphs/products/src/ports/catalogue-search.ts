import type { CatalogueQuery, Matching, PageRequest, Place } from '../domain/catalogue-query.ts';

/** A product that a query found. `score` says how well it matches, 0 to 1 in most cases; `null` without words. */
export interface Hit {
  readonly place: Place;
  readonly score: number | null;
}

/** Some hits in the order of the query, and whether there are more in the direction of reading. */
export interface HitPage {
  readonly hits: readonly Hit[];
  readonly more: boolean;
}

/** Finds ACTIVE products. Keyset only: a page costs the same wherever it lies. */
export interface CatalogueSearch {
  /**
   * One statement; a second one only where the first page of a query with words finds nothing by stems.
   *
   * @throws database errors; a read, so it may be repeated.
   */
  page(query: CatalogueQuery, page: PageRequest): Promise<HitPage>;
  /**
   * How many products match, 10,001 meaning more than 10,000.
   *
   * @param matching as on the page whose count it is; `null` when that is not known yet: stems, then letters, as for a first page.
   * @throws as `page`.
   */
  count(query: CatalogueQuery, matching: Matching | null): Promise<number>;
}
