import { encodeCursor } from '@tally/subgraph-kit';
import type { ProductConnectionResolvers } from '../generated/resolvers.ts';
import type { Browsing, Found } from '../use-cases/browse-products.ts';

/** A page that is read when its fields are: whoever selects only the count pays only for that. */
export type ProductConnection = Browsing;

export const productConnection: ProductConnectionResolvers = {
  async edges(browsing, _, { loaders }) {
    const { found } = await browsing.page();
    const nodes = await Promise.all(found.map(({ productId }) => loaders.product.load(productId)));
    // A product taken off sale between the two reads is left out, not a hole that would null the page.
    return found.flatMap(({ cursor, score }, index) => {
      const node = nodes[index];
      return node == null ? [] : [{ cursor: encodeCursor(cursor), score, node }];
    });
  },
  async pageInfo(browsing) {
    const { found, hasNext, hasPrevious } = await browsing.page();
    return { hasNextPage: hasNext, hasPreviousPage: hasPrevious, startCursor: cursorOf(found[0]), endCursor: cursorOf(found.at(-1)) };
  },
  totalCount: (browsing) => browsing.count(),
};

const cursorOf = (found: Found | undefined): string | null => (found === undefined ? null : encodeCursor(found.cursor));
