import { ok, refuse, type Clock, type Id, type Outcome } from '@tally/kernel';
import { catalogueChanged } from '../domain/messages.ts';
import { setPrice } from '../domain/product-change.ts';
import type { ProductWithVariants } from '../domain/product.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Transact } from '../ports/unit-of-work.ts';
import type { Telemetry } from '../telemetry.ts';

export interface SetVariantPrice {
  readonly variantId: Id<'var'> | null;
  readonly price: number;
  readonly compareAt: number | null;
  readonly currency: string;
}

interface Deps {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

const noVariant: Refusal = { kind: 'not-found', field: ['variantId'], message: 'There is no such variant.' };

/** Prices one variant; its product's range, search row and version follow in the same transaction. */
export function createSetVariantPrice({ transact, clock, telemetry }: Deps) {
  return async function setVariantPrice({ variantId, ...wanted }: SetVariantPrice): Promise<Outcome<Id<'var'>, readonly Refusal[]>> {
    if (variantId === null) return refuse([noVariant]);
    const outcome = await transact(async ({ catalogue, outbox }): Promise<Outcome<ProductWithVariants | null, readonly Refusal[]>> => {
      const product = await catalogue.lockOfVariant(variantId);
      if (product === null) return refuse([noVariant]);
      const changed = setPrice(product, { variantId, ...wanted }, clock());
      if (!changed.ok) return changed;
      if (changed.value === product) return ok(null);
      const sequence = await catalogue.replace(changed.value);
      await outbox.append(catalogueChanged(changed.value, sequence));
      return ok(changed.value);
    });
    if (!outcome.ok) return outcome;
    if (outcome.value !== null) telemetry.catalogueChanged(outcome.value.id, outcome.value.version);
    return ok(variantId);
  };
}
