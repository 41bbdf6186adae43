import { redrive } from '@tally/messaging';
import { toUuid, type Id } from '@tally/kernel';
import { openSql } from '@tally/testkit';
import { createPeople } from '../client/people.ts';
import type { System } from '../harness/system.ts';
import type { Shop } from '../harness/workload.ts';

/** An event that orders cannot handle, and the operator who mends that. */
export interface Parking {
  /** Makes the prices of one product unwritable for orders, and has staff change one of them. Its key is parked some seconds later. */
  poison(): Promise<void>;
  isParked(): Promise<boolean>;
  /** Takes the obstacle away and asks for a redrive. May be repeated. */
  mend(): Promise<void>;
}

const topic = 'products.catalogue.v1';
const obstacle = 'refused_by_the_crash_suite';

/** @param variantId that is priced meanwhile. */
export function openParking(shop: Shop, system: System, variantId: string): Parking {
  const alter = async (change: string): Promise<void> => {
    await using sql = await openSql((await system.urls()).orders.owner);
    await sql.execute(`ALTER TABLE orders.price ${change}`);
  };
  return {
    async poison() {
      await alter(`DROP CONSTRAINT IF EXISTS ${obstacle}`);
      await alter(`ADD CONSTRAINT ${obstacle} CHECK (variant_id <> '${toUuid(variantId as Id<'var'>)}') NOT VALID`);
      const staff = await createPeople(shop.random.pick(shop.graphs), system.keys.users).staff();
      await staff.setPrice(variantId, shop.random.between(900, 9_900));
    },
    async isParked() {
      await using sql = await openSql((await system.urls()).auditor);
      return (await sql.number(`SELECT count(*) FROM orders.parked_key WHERE topic = $1 AND parked_at IS NOT NULL`, [topic])) > 0;
    },
    async mend() {
      await alter(`DROP CONSTRAINT IF EXISTS ${obstacle}`);
      const { orders } = await system.urls();
      await redrive({ databaseUrls: { orders: orders.app }, topic, by: { actor: 'crash suite', reason: 'the obstacle is gone' } });
    },
  };
}
