import { ok, refuse, type Clock, type Id, type Outcome } from '@tally/kernel';
import { catalogueChanged } from '../domain/messages.ts';
import { changeProduct, type ProductChange } from '../domain/product-change.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Transact } from '../ports/unit-of-work.ts';
import type { Telemetry } from '../telemetry.ts';

export interface UpdateProduct extends ProductChange {
  readonly id: Id<'prod'> | null;
  readonly expectedVersion: number;
}

interface Deps {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

const noProduct: Refusal = { kind: 'not-found', field: ['id'], message: 'There is no such product.' };

/** Changes a product that is still the one its editor saw. A change to what it already is writes nothing. */
export function createUpdateProduct({ transact, clock, telemetry }: Deps) {
  return async function updateProduct(command: UpdateProduct): Promise<Outcome<Id<'prod'>, readonly Refusal[]>> {
    const { id, expectedVersion } = command;
    if (id === null) return refuse([noProduct]);
    const outcome = await transact(async ({ catalogue, outbox }): Promise<Outcome<number | null, readonly Refusal[]>> => {
      const product = await catalogue.lock(id);
      if (product === null) return refuse([noProduct]);
      if (product.version !== expectedVersion) {
        return refuse([
          { kind: 'conflict', field: ['expectedVersion'], message: `The product has moved on to version ${product.version}.` },
        ]);
      }
      const category = await catalogue.category(product.categoryId);
      const changed = changeProduct(product, command, category ?? { attributes: [] }, clock());
      if (!changed.ok) return changed;
      if (changed.value === product) return ok(null);
      const sequence = await catalogue.replace(changed.value);
      await outbox.append(catalogueChanged(changed.value, sequence));
      return ok(changed.value.version);
    });
    if (!outcome.ok) return outcome;
    if (outcome.value !== null) telemetry.catalogueChanged(id, outcome.value);
    return ok(id);
  };
}
