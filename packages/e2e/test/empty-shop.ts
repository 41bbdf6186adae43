import { newId, toUuid } from '@tally/kernel';
import { cloneDatabase, openSql, type ClonedDatabase } from '@tally/testkit';

/** A migrated database of a shop that sells nothing yet: one category, so that staff can create products. */
export async function cloneEmptyShop(): Promise<ClonedDatabase> {
  const database = await cloneDatabase();
  await using products = await openSql(database.urls.products.app);
  await products.execute(`INSERT INTO category (id, slug, name, path, ancestor_ids) VALUES ($1, 'things', 'Things', '{Things}', '{}')`, [
    toUuid(newId('cat')),
  ]);
  return database;
}
