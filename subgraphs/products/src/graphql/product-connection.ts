import { encodeCursor, type BatchLoader } from '@tally/subgraph-kit';
import { placeToCursor, queryHash } from '../domain/catalogue-query.ts';
import type { CatalogueQuery, PageRequest } from '../domain/catalogue-query.ts';
import type { Product } from '../domain/product.ts';
import type { PageInfo, ProductConnectionResolvers } from '../generated/resolvers.ts';
import type { createBrowseProducts } from '../use-cases/browse-products.ts';
import type { Context } from './context.ts';

type Browsing = ReturnType<ReturnType<typeof createBrowseProducts>>;

/** A page that is read when its fields are: whoever selects only the count pays only for that. */
export interface ProductConnection {
  readonly query: CatalogueQuery;
  readonly page: PageRequest;
  readonly browsing: Browsing;
}

export const productConnection: ProductConnectionResolvers<Context, ProductConnection> = {
  edges: async (connection, _, { loaders }) => edgesOf(connection, loaders.product),
  pageInfo: async (connection) => pageInfoOf(connection),
  totalCount: ({ browsing }) => browsing.count(),
};

async function edgesOf({ query, browsing }: ProductConnection, products: BatchLoader<Product>) {
  const hash = queryHash(query);
  const { hits } = await browsing.hits();
  const nodes = await Promise.all(hits.map(({ place }) => products.load(place.id)));
  // A product taken off sale between the two reads is left out, not a hole that would null the page.
  return hits.flatMap(({ place, score }, index) => {
    const node = nodes[index];
    return node == null ? [] : [{ cursor: encodeCursor(placeToCursor(hash, place)), score, node }];
  });
}

async function pageInfoOf({ query, page, browsing }: ProductConnection): Promise<PageInfo> {
  const { hits, more } = await browsing.hits();
  const hash = queryHash(query);
  const [first, last] = [hits[0], hits.at(-1)];
  return {
    hasNextPage: page.direction === 'forwards' ? more : page.from !== null,
    hasPreviousPage: page.direction === 'backwards' ? more : page.from !== null,
    startCursor: first === undefined ? null : encodeCursor(placeToCursor(hash, first.place)),
    endCursor: last === undefined ? null : encodeCursor(placeToCursor(hash, last.place)),
  };
}
