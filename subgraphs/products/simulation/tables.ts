import { defineTable } from '@tally/simulation';
import type { Id } from '@tally/kernel';
import type { ProductStatus } from '../src/domain/product.ts';
import type { ClaimState, ShortLine } from '../src/domain/stock-claim.ts';
import type { MovementKind } from '../src/domain/stock.ts';

// Members are the columns in camel case, ids in their spelling outside the tables. Unique keys and checks are those of the migration. Of the catalogue
// there is only what stock asks for: which product a variant belongs to, whether that is on sale, and what searches are told.

export interface ProductRow {
  readonly id: Id<'prod'>;
  readonly status: ProductStatus;
}

export const products = defineTable<ProductRow>({ name: 'product', key: ({ id }) => id });

export interface VariantRow {
  readonly id: Id<'var'>;
  readonly productId: Id<'prod'>;
}

export const variants = defineTable<VariantRow>({
  name: 'product_variant',
  key: ({ id }) => id,
  indexes: { product: ({ productId }) => productId },
});

export interface SearchRow {
  readonly productId: Id<'prod'>;
  readonly inStock: boolean;
}

export const searchRows = defineTable<SearchRow>({ name: 'product_search', key: ({ productId }) => productId });

export interface StockRow {
  readonly variantId: Id<'var'>;
  readonly available: number;
  readonly reserved: number;
  readonly version: number;
  readonly updatedAt: Date;
}

export const stock = defineTable<StockRow>({
  name: 'stock',
  key: ({ variantId }) => variantId,
  checks: {
    available: ({ available }) => available >= 0,
    reserved: ({ reserved }) => reserved >= 0,
    version: ({ version }) => version > 0,
  },
});

export interface MovementRow {
  readonly variantId: Id<'var'>;
  readonly version: number;
  readonly kind: MovementKind;
  readonly quantity: number;
  readonly orderId: Id<'ord'> | null;
  readonly reason: string | null;
  readonly at: Date;
}

export const movements = defineTable<MovementRow>({
  name: 'stock_movement',
  key: ({ variantId, version }) => `${variantId} ${String(version)}`,
  checks: {
    quantity: ({ kind, quantity }) => (kind === 'OPENING' ? quantity >= 0 : kind === 'ADJUSTED' ? quantity !== 0 : quantity > 0),
    order: ({ kind, orderId }) => (orderId === null) === (kind === 'OPENING' || kind === 'ADJUSTED'),
  },
});

export interface ClaimRow {
  readonly orderId: Id<'ord'>;
  readonly state: ClaimState;
  readonly sequence: number;
  readonly reason: string | null;
  readonly short: readonly ShortLine[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const claims = defineTable<ClaimRow>({
  name: 'stock_claim',
  key: ({ orderId }) => orderId,
  checks: { sequence: ({ sequence }) => sequence > 0 },
});

export interface ReservationRow {
  readonly orderId: Id<'ord'>;
  readonly variantId: Id<'var'>;
  readonly quantity: number;
}

export const reservations = defineTable<ReservationRow>({
  name: 'reservation',
  key: ({ orderId, variantId }) => `${orderId} ${variantId}`,
  indexes: { order: ({ orderId }) => orderId },
  checks: { quantity: ({ quantity }) => quantity > 0 },
});

/** Everything that stock is kept in, besides the messaging tables. */
export const productsTables = { products, variants, searchRows, stock, movements, claims, reservations } as const;
