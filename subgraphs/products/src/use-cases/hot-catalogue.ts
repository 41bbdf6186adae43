import type { Product } from '../domain/product.ts';
import type { CatalogueReads } from '../ports/catalogue-reads.ts';
import type { HotKind, HotReads, HotRows } from '../ports/hot-reads.ts';
import type { Telemetry } from '../telemetry.ts';
import { createHotLane, type HotLane } from './hot-lane.ts';

/**
 * The catalogue with its hot rows kept near. *Bypassing*, as it begins: every read asks the database and nothing is kept, for nobody would tell of
 * changes. *Serving*, while the catalogue's events arrive: rows are kept until an event or a write of this process names them.
 */
export interface HotCatalogue {
  /** The same reads; products, variants, categories and sellers by id may come from memory. Who sees them is decided by the caller, as ever. */
  readonly reads: CatalogueReads;
  /** Forgets rows. Reads that begin once this has resolved see what is committed now. */
  forget(ids: readonly string[]): Promise<void>;
  /** The same for every row: something changed, and nobody knows what. */
  forgetAll(): Promise<void>;
  /** From now on changes are heard of; what happened before is unknown. */
  serve(): Promise<void>;
  /** From now on changes are not heard of. */
  bypass(): Promise<void>;
}

interface Deps {
  readonly reads: CatalogueReads;
  readonly hotReads: HotReads;
  readonly telemetry: Pick<Telemetry, 'hotRead' | 'hotReadRefused'>;
}

export function createHotCatalogue({ reads, hotReads, telemetry }: Deps): HotCatalogue {
  let serving = false;
  /** One more per change of state: only the newest may conclude. */
  let turn = 0;
  const lanes: Pick<HotLane<unknown>, 'detach'>[] = [];

  function through<K extends HotKind, Id extends string, Row extends { readonly id: string }>(
    kind: K,
    load: (ids: readonly Id[]) => Promise<readonly Row[]>,
    toHot: (row: Row) => HotRows[K],
    fromHot: (row: HotRows[K]) => Row,
  ): (ids: readonly Id[]) => Promise<readonly Row[]> {
    const lane = createHotLane({ kind, hotReads, telemetry, load: (ids) => load(ids as readonly Id[]), toHot, fromHot });
    lanes.push(lane);
    return (ids) => {
      if (serving) return lane.read(ids);
      telemetry.hotRead(kind, 'bypass', ids.length);
      return load(ids);
    };
  }

  async function forgetAll(): Promise<void> {
    for (const lane of lanes) lane.detach();
    await hotReads.invalidateAll();
  }

  return {
    reads: {
      ...reads,
      productsById: through('product', reads.productsById, toHotProduct, fromHotProduct),
      variantsById: through('variant', reads.variantsById, asItIs, asItIs),
      categoriesById: through('category', reads.categoriesById, asItIs, asItIs),
      sellersById: through('seller', reads.sellersById, asItIs, asItIs),
    },
    async forget(ids) {
      for (const lane of lanes) lane.detach(ids);
      await hotReads.invalidate(ids);
    },
    forgetAll,
    async serve() {
      serving = false;
      const mine = (turn += 1);
      await forgetAll();
      if (mine === turn) serving = true;
    },
    async bypass() {
      serving = false;
      turn += 1;
      await forgetAll();
    },
  };
}

const asItIs = <T>(row: T): T => row;

const toHotProduct = (product: Product): HotRows['product'] => ({
  ...product,
  createdAt: product.createdAt.toISOString(),
  updatedAt: product.updatedAt.toISOString(),
});

const fromHotProduct = (row: HotRows['product']): Product => ({
  ...row,
  createdAt: new Date(row.createdAt),
  updatedAt: new Date(row.updatedAt),
});
