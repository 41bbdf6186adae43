import { topicOf } from '@tally/events';
import { createLogger } from '@tally/runtime';
import { createMemoryTransact, type SimulatedApp, type SimulatedProcess } from '@tally/simulation';
import { onCommitStock } from '../src/consumers/commit-stock.ts';
import { onReleaseStock } from '../src/consumers/release-stock.ts';
import { onReserveStock } from '../src/consumers/reserve-stock.ts';
import { stockLevelChanged } from '../src/domain/messages.ts';
import { createTelemetry } from '../src/telemetry.ts';
import { createAdjustInventory } from '../src/use-cases/adjust-inventory.ts';
import { createCommitStock } from '../src/use-cases/commit-stock.ts';
import { createReleaseStock } from '../src/use-cases/release-stock.ts';
import { createReserveStock } from '../src/use-cases/reserve-stock.ts';
import { noCatalogue } from './no-catalogue.ts';
import { storeProduct, type OnSale } from './put-on-sale.ts';
import { createStockStore } from './stock-store.ts';

/** One process of products, as far as stock goes: the handlers of production on tables in memory. */
export interface SimulatedProducts extends SimulatedApp {
  readonly useCases: { readonly adjustInventory: ReturnType<typeof createAdjustInventory> };
  /** Puts an ACTIVE product on sale; each variant's first level goes to the outbox. @throws what the database throws, a product of that id among it. */
  putOnSale(product: OnSale): Promise<void>;
}

const logger = createLogger({ service: 'products', level: 'silent' });

/** Starts products in one process of a simulation. */
export function simulateProducts(process: SimulatedProcess): SimulatedProducts {
  const telemetry = createTelemetry(logger);
  const shelves = createMemoryTransact({
    process,
    consumer: 'products',
    stores: (transaction) => ({
      catalogue: noCatalogue,
      stock: createStockStore(transaction),
      store: (product: OnSale) => storeProduct(transaction, product),
    }),
  });
  const deps = { transact: shelves, telemetry };
  return {
    name: 'products',
    consumers: [
      {
        group: 'products',
        topics: [topicOf('products.commands.v1')],
        handlers: {
          ReserveStock: onReserveStock(createReserveStock(deps)),
          CommitStock: onCommitStock(createCommitStock(deps)),
          ReleaseStock: onReleaseStock(createReleaseStock(deps)),
        },
      },
    ],
    jobs: {},
    useCases: { adjustInventory: createAdjustInventory(deps) },
    putOnSale: (product) =>
      shelves(async ({ store, outbox }) => {
        await outbox.append(...(await store(product)).map(stockLevelChanged));
      }),
  };
}
