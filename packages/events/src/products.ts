import { z } from 'zod';
import { amount, id, ref } from './fields.ts';

const command = { commandId: id('cmd'), order: ref('ord') };

/** products.commands.v1: key = order, sequence = `saga.products_sequence`. Every command gets exactly one definite reply that repeats its id. */
export const stockCommands = {
  ReserveStock: z.object({ ...command, lines: z.array(z.object({ variantId: id('var'), quantity: z.int().positive() })).min(1) }),
  CommitStock: z.object(command),
  ReleaseStock: z.object({ ...command, reason: z.string() }),
};

/** products.stock.v1: key = order, sequence = `stock_claim.sequence`. */
export const stockReplies = {
  StockReserved: z.object(command),
  StockRejected: z.object({
    ...command,
    /** SHORT: `short` names every short line. NOT_SELLABLE: `short` names what may not be sold. CANCELLED: a release came first. */
    reason: z.enum(['SHORT', 'NOT_SELLABLE', 'CANCELLED']),
    short: z.array(z.object({ variant: ref('var'), requested: z.int(), available: z.int() })),
  }),
  StockCommitted: z.object(command),
  StockReleased: z.object(command),
};

/** products.level.v1: state events, key = variant, sequence = `stock.version`, compacted. */
export const stockLevels = {
  StockLevelChanged: z.object({
    variant: ref('var'),
    available: z.int().min(0),
    status: z.enum(['IN_STOCK', 'LOW', 'OUT_OF_STOCK', 'BACKORDER']),
  }),
};

/** products.catalogue.v1: state events, key = product, sequence = `product.version`, compacted; the whole sellable state of one product. */
export const catalogueMessages = {
  ProductChanged: z.object({
    product: ref('prod'),
    slug: z.string(),
    title: z.string(),
    category: ref('cat'),
    seller: ref('sell'),
    variants: z.array(
      z.object({
        id: id('var'),
        sku: z.string(),
        title: z.string(),
        price: amount,
        taxClass: z.string(),
        weightGrams: z.int().min(0),
        sellable: z.boolean(),
      }),
    ),
  }),
  ProductArchived: z.object({ product: ref('prod'), variantIds: z.array(id('var')) }),
};
