import { parseId, type Id } from '@tally/kernel';
import { encodeCursor, presentMoney, requireScope } from '@tally/subgraph-kit';
import type {
  CategoryResolvers,
  InventoryEventResolvers,
  InventoryResolvers,
  ProductResolvers,
  ProductVariantResolvers,
  SellerResolvers,
} from '../generated/resolvers.ts';
import { readVariantPage } from '../use-cases/read-arguments.ts';
import { cursorParts, orBadInput } from './arguments.ts';
import type { Context } from './context.ts';
import { variantPageKey } from './loaders.ts';

/** What a non-null field points at: the database's foreign keys promise it. */
async function promised<T>(loaded: Promise<T | null>, what: string): Promise<T> {
  const value = await loaded;
  if (value === null) throw new Error(`${what} is gone`);
  return value;
}

export const product: ProductResolvers = {
  __resolveReference(reference, { loaders }) {
    if ('slug' in reference) return loaders.productBySlug.load(reference.slug);
    const id = parseId('prod', reference.id);
    return id === null ? null : loaders.product.load(id);
  },
  tags: ({ tags }) => [...tags],
  category: ({ categoryId }, _, { loaders }) => promised(loaders.category.load(categoryId), categoryId),
  seller: ({ sellerId }, _, { loaders }) => promised(loaders.seller.load(sellerId), sellerId),
  async attributes({ categoryId, attributes }, _, { loaders }) {
    const { attributes: definitions } = await promised(loaders.category.load(categoryId), categoryId);
    return definitions.flatMap(({ key, label }) => {
      const value = attributes[key];
      return value === undefined ? [] : [{ key, label, value }];
    });
  },
  priceRange: ({ prices }) => ({ min: presentMoney(prices.min), max: presentMoney(prices.max) }),
  async variants({ id }, { first, after }, { loaders }) {
    const { size, afterPosition } = orBadInput(readVariantPage(id, first, cursorParts(after)));
    const found = (await loaders.variantPage.load(variantPageKey(id, afterPosition, size + 1))) ?? [];
    const edges = found.slice(0, size).map((node) => ({ cursor: encodeCursor([id, node.position]), node }));
    const [start, end] = [edges[0], edges.at(-1)];
    const pageInfo = { hasNextPage: found.length > size, hasPreviousPage: afterPosition > 0 };
    return { productId: id, edges, pageInfo: { ...pageInfo, startCursor: start?.cursor ?? null, endCursor: end?.cursor ?? null } };
  },
};

/** The count is a statement of its own, for whoever selects it. */
export const variantConnection = {
  totalCount: async ({ productId }: { readonly productId: Id<'prod'> }, _: object, { loaders }: Context) =>
    (await loaders.variantCount.load(productId)) ?? 0,
};

export const productVariant: ProductVariantResolvers = {
  __resolveReference(reference, { loaders }) {
    if ('sku' in reference) return loaders.variantBySku.load(reference.sku);
    const id = parseId('var', reference.id);
    return id === null ? null : loaders.variant.load(id);
  },
  product: ({ productId }, _, { loaders }) => promised(loaders.product.load(productId), productId),
  price: ({ price }) => presentMoney(price),
  compareAtPrice: ({ compareAt }) => (compareAt === null ? null : presentMoney(compareAt)),
  options: ({ options }) => [...options],
  inventory: ({ id }, _, { loaders }) => promised(loaders.inventory.load(id), `stock of ${id}`),
};

export const inventory: InventoryResolvers = {
  onHand({ onHand }, _, { viewer }) {
    requireScope(viewer, 'stock:read');
    return onHand;
  },
};

export const inventoryEvent: InventoryEventResolvers = {
  sequence: ({ version }) => version,
  variant: ({ variantId }, _, { loaders }) => loaders.variant.load(variantId),
  occurredAt: ({ changedAt }) => changedAt,
};

export const category: CategoryResolvers = {
  __resolveReference(reference, { loaders }) {
    const id = parseId('cat', reference.id);
    return id === null ? null : loaders.category.load(id);
  },
  parent: ({ parentId }, _, { loaders }) => (parentId === null ? null : loaders.category.load(parentId)),
  path: ({ path }) => [...path],
  attributes: ({ attributes }) => [...attributes],
};

export const seller: SellerResolvers = {
  __resolveReference(reference, { loaders }) {
    const id = parseId('sell', reference.id);
    return id === null ? null : loaders.seller.load(id);
  },
};
