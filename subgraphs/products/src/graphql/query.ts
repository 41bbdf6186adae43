import { badInput } from '@tally/subgraph-kit';
import { limits } from '../domain/limits.ts';
import { isSlug } from '../domain/slug.ts';
import type { QueryResolvers } from '../generated/resolvers.ts';
import { parseProducts, requireId } from './arguments.ts';

export const query: QueryResolvers = {
  product(_, { id, slug }, { loaders }) {
    if (exactlyOne(id, slug) === 'id') return loaders.product.load(requireId('prod', id ?? '', 'id'));
    return slug != null && isSlug(slug) ? loaders.productBySlug.load(slug) : null;
  },
  products(_, given, { useCases }) {
    const { query: asked, page } = parseProducts(given);
    return { query: asked, page, browsing: useCases.browseProducts(asked, page) };
  },
  variants(_, { ids }, { loaders }) {
    if (ids.length > limits.ids) throw badInput(`At most ${limits.ids} ids.`, 'ids');
    return Promise.all(ids.map((id) => requireId('var', id, 'ids')).map((id) => loaders.variant.load(id)));
  },
  async categories(_, { parentId }, { catalogue }) {
    return [...(await catalogue.childCategories(parentId == null ? null : requireId('cat', parentId, 'parentId')))];
  },
  seller(_, { id, slug }, { loaders, catalogue }) {
    if (exactlyOne(id, slug) === 'id') return loaders.seller.load(requireId('sell', id ?? '', 'id'));
    return slug != null && isSlug(slug) ? catalogue.sellerBySlug(slug) : null;
  },
};

function exactlyOne(id: string | null | undefined, slug: string | null | undefined): 'id' | 'slug' {
  if ((id == null) === (slug == null)) throw badInput('Either id or slug.', 'id');
  return id == null ? 'slug' : 'id';
}
