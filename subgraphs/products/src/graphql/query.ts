import { badInput } from '@tally/subgraph-kit';
import type { QueryResolvers } from '../generated/resolvers.ts';
import { readId, readVariantIds } from '../use-cases/read-arguments.ts';
import { cursorParts, orBadInput } from './arguments.ts';
import { troubleQuery } from './trouble.ts';

export const query: QueryResolvers = {
  product(_, { id, slug }, { loaders }) {
    const key = exactlyOne(id, slug);
    return 'id' in key ? loaders.product.load(orBadInput(readId('prod', key.id, 'id'))) : loaders.productBySlug.load(key.slug);
  },
  products(_, { query, filter, sort, first, after, last, before }, { useCases }) {
    return orBadInput(
      useCases.browseProducts({ query, filter, sort, first, after: cursorParts(after), last, before: cursorParts(before) }),
    );
  },
  variants(_, { ids }, { loaders }) {
    return Promise.all(orBadInput(readVariantIds(ids, 'ids')).map((id) => loaders.variant.load(id)));
  },
  async inventoryEvents(_, { variantIds }, { loaders }) {
    // Asked for twice, a variant would begin with a repeat.
    const ids = new Set(orBadInput(readVariantIds(variantIds, 'variantIds')));
    const levels = await Promise.all(ids.values().map((id) => loaders.level.load(id)));
    return levels.filter((level) => level !== null);
  },
  async categories(_, { parentId }, { catalogue }) {
    return [...(await catalogue.childCategories(parentId == null ? null : orBadInput(readId('cat', parentId, 'parentId'))))];
  },
  seller(_, { id, slug }, { loaders, catalogue }) {
    const key = exactlyOne(id, slug);
    return 'id' in key ? loaders.seller.load(orBadInput(readId('sell', key.id, 'id'))) : catalogue.sellerBySlug(key.slug);
  },
  ...troubleQuery,
};

function exactlyOne(id: string | null | undefined, slug: string | null | undefined): { readonly id: string } | { readonly slug: string } {
  if (id != null && slug == null) return { id };
  if (id == null && slug != null) return { slug };
  throw badInput('Either id or slug.', 'id');
}
