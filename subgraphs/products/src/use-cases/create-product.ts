import { newId, ok, refuse, type Clock, type Id, type Outcome } from '@tally/kernel';
import { catalogueChanged, stockLevelChanged } from '../domain/messages.ts';
import { checkDraft, type NewProduct, type ProductDraft } from '../domain/new-product.ts';
import { priceRange, type ProductWithVariants } from '../domain/product.ts';
import type { Refusal } from '../domain/refusal.ts';
import { houseSellerId } from '../domain/seller.ts';
import { slugOf } from '../domain/slug.ts';
import type { StockLevel } from '../domain/stock.ts';
import type { Transact } from '../ports/unit-of-work.ts';
import type { Telemetry } from '../telemetry.ts';
import { allOrRefused } from './undone.ts';

export interface CreateProduct extends ProductDraft {
  readonly categoryId: Id<'cat'> | null;
}

interface Deps {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

const noCategory: Refusal = { kind: 'not-found', field: ['categoryId'], message: 'There is no such category.' };

/** Puts a product on sale: ACTIVE, with opening stock. A SKU that exists is refused, so repeating the request creates nothing twice. */
export function createCreateProduct({ transact, clock, telemetry }: Deps) {
  return async function createProduct(command: CreateProduct): Promise<Outcome<Id<'prod'>, readonly Refusal[]>> {
    const { categoryId } = command;
    if (categoryId === null) return refuse([noCategory]);
    const outcome = await allOrRefused(transact, async ({ catalogue, outbox }) => {
      const category = await catalogue.category(categoryId);
      if (category === null) return refuse([noCategory]);
      const checked = checkDraft(command, category);
      if (!checked.ok) return checked;

      const { product, openingStock } = assemble(checked.value, categoryId, clock());
      const taken = await catalogue.takenSkus(product.variants.map(({ sku }) => sku));
      if (taken.length > 0) return refuse(skusTaken(command, taken));
      const stored = await catalogue.create({ product, openingStock });
      // Another request took a SKU in between and has just committed: the same answer, without naming it.
      if (stored === null) return refuse(skusTaken(command, []));
      const created = { ...product, slug: stored.slug };
      await outbox.append(catalogueChanged(created, stored.sequence), ...stored.opened.map(stockLevelChanged));
      return ok(created);
    });
    if (!outcome.ok) return outcome;
    telemetry.catalogueChanged(outcome.value.id, outcome.value.version);
    return ok(outcome.value.id);
  };
}

function assemble(
  draft: NewProduct,
  categoryId: Id<'cat'>,
  now: Date,
): { product: ProductWithVariants; openingStock: readonly StockLevel[] } {
  const id = newId('prod');
  const opened = draft.variants.map(({ onHand, ...variant }, index) => ({
    variant: { ...variant, id: newId('var'), productId: id, compareAt: null, taxClass: 'STANDARD', position: index + 1 },
    onHand,
  }));
  const variants = opened.map(({ variant }) => variant);
  const { title, description, tags, attributes } = draft;
  const facts = { id, slug: slugOf(title), title, description, status: 'ACTIVE' as const, version: 1, categoryId, sellerId: houseSellerId };
  return {
    product: {
      ...facts,
      tags,
      attributes,
      variants,
      prices: priceRange(variants.map(({ price }) => price)),
      createdAt: now,
      updatedAt: now,
    },
    openingStock: opened.map(({ variant, onHand }) => ({ variantId: variant.id, available: onHand, reserved: 0, version: 1 })),
  };
}

function skusTaken({ variants }: ProductDraft, taken: readonly string[]): readonly Refusal[] {
  const named = variants.flatMap(({ sku }, index): Refusal[] => {
    return taken.includes(sku) ? [{ kind: 'conflict', field: ['variants', String(index), 'sku'], message: `${sku} exists already.` }] : [];
  });
  return named.length > 0 ? named : [{ kind: 'conflict', field: ['variants'], message: 'One of the SKUs exists already.' }];
}
