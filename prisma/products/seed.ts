import pg from 'pg';
import { seedRows, tiers, type Tier } from './seed/rows.ts';
import * as statement from './seed/statements.ts';

export { demoProducts, demoVariantIds, productIdAt, variantIdAt } from './seed/demo.ts';

/** What was loaded; `seeded` is false when there were products already. */
export interface SeededProducts {
  readonly seeded: boolean;
  readonly products: number;
  readonly variants: number;
}

/**
 * Loads a tier of the catalogue with stock, ledger, search rows and the outbox rows that tell the others of it, in one transaction of a few seconds. Does
 * nothing where products exist.
 *
 * @param options.ownerOrAppUrl of the role `products` or its owner; its search_path is the schema.
 * @param options.progress called with a line for people before each longer step.
 * @throws {Error} the server's error; nothing was loaded.
 */
export async function seedProducts(options: {
  readonly ownerOrAppUrl: string;
  readonly tier: Tier;
  readonly progress?: (line: string) => void;
}): Promise<SeededProducts> {
  const { ownerOrAppUrl, tier, progress = () => undefined } = options;
  const client = new pg.Client({ connectionString: ownerOrAppUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    // One seeder at a time; the second finds the first one's products.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('seed products'))`);
    const { rows } = await client.query<{ seeded: boolean }>('SELECT EXISTS (SELECT FROM product) AS seeded');
    if (rows[0]?.seeded === true) {
      await client.query('ROLLBACK');
      return { seeded: false, products: 0, variants: 0 };
    }
    progress(`catalogue: ${tiers[tier].products} products, ${tiers[tier].variants} variants`);
    await load(client, tier);
    await client.query('COMMIT');
    return { seeded: true, ...tiers[tier] };
  } finally {
    await client.end();
  }
}

async function load(client: pg.Client, tier: Tier): Promise<void> {
  // Building search rows takes longer than a request may.
  await client.query(`SET LOCAL statement_timeout = '60s'`);
  const { categories, products, variants } = seedRows(tier);
  const [categoryJson, productJson, variantJson] = [categories, products, variants].map((rows) => JSON.stringify(rows));
  await client.query(statement.insertCategories, [categoryJson]);
  await client.query(statement.insertProducts, [productJson]);
  await client.query(statement.insertVariants, [variantJson]);
  await client.query(statement.insertStock, [variantJson]);
  await client.query(statement.insertSearchRows);
  await client.query(statement.insertProductEvents, [productJson]);
  await client.query(statement.insertLevelEvents, [variantJson]);
}
