import { scalarResolvers } from '@tally/subgraph-kit';
import { category, inventory, inventoryEvent, product, productVariant, seller, variantConnection } from './catalogue.ts';
import { inventoryAdjustPayload, mutation, productPayload, variantPayload } from './mutation.ts';
import { productConnection } from './product-connection.ts';
import { query } from './query.ts';
import { trouble, troubleMutation } from './trouble.ts';

export const resolvers = {
  ...scalarResolvers,
  Query: query,
  Mutation: { ...mutation, ...troubleMutation },
  Trouble: trouble,
  Product: product,
  ProductVariant: productVariant,
  Inventory: inventory,
  InventoryEvent: inventoryEvent,
  Category: category,
  Seller: seller,
  ProductConnection: productConnection,
  VariantConnection: variantConnection,
  ProductPayload: productPayload,
  VariantPayload: variantPayload,
  InventoryAdjustPayload: inventoryAdjustPayload,
};
