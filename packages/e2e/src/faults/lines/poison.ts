import { toUuid, type Id } from '@tally/kernel';
import { redrive } from '@tally/messaging';
import { openSql } from '@tally/testkit';
import { createPeople } from '../../client/people.ts';
import { mustCome } from '../until.ts';
import type { Line, Stage } from '../stage.ts';

const topic = 'products.catalogue.v1';
const obstacle = 'refused_by_the_fault_suite';
const patienceMs = 60_000;
const others = 30;
const [poisonPrice, laterPrice, otherPrice] = [4_711, 4_712, 4_713];

/** An event that orders cannot apply stands first in its partition, and those of other products come behind it. */
export const f14: Line = {
  id: 'F14',
  title: 'a poison record first in a partition',
  needs: 'any',
  expects: 'served',
  async play(stage) {
    const { system, counter, traffic, sql, fail } = stage;
    traffic.enter('F14 poison');
    const [poison = '', ...rest] = counter.unsold.map((id) => toUuid(id as Id<'var'>));
    const { product_id: product } = await sql.row('SELECT product_id FROM orders.price WHERE variant_id = $1', [poison]);
    const good = (
      await sql.rows('SELECT variant_id FROM orders.price WHERE variant_id = ANY($1::uuid[]) AND product_id <> $2', [rest, product])
    )
      .map((row) => String(row['variant_id']))
      .slice(0, others);
    const staff = await createPeople(counter.graphs[0], system.keys.users).staff();
    const setPrice = (variant: string, price: number): Promise<void> => staff.setPrice(`var_${variant.replaceAll('-', '')}`, price);
    const arrived = (variants: readonly string[], price: number): Promise<boolean> =>
      sql
        .number('SELECT count(*) FROM orders.price WHERE variant_id = ANY($1::uuid[]) AND amount = $2', [variants, price])
        .then((count) => count === variants.length);
    const letters = (): Promise<number> =>
      sql.number('SELECT count(*) FROM orders.dead_letter WHERE topic = $1 AND redriven_at IS NULL', [topic]);
    const parked = (): Promise<number> =>
      sql.number('SELECT count(*) FROM orders.parked_key WHERE topic = $1 AND parked_at IS NOT NULL', [topic]);

    await alter(stage, `ADD CONSTRAINT ${obstacle} CHECK (variant_id <> '${poison}') NOT VALID`);
    await setPrice(poison, poisonPrice);
    for (const variant of good) await setPrice(variant, otherPrice);
    await mustCome(stage, 'its key is parked', patienceMs, async () => (await parked()) === 1);
    await mustCome(stage, `${String(good.length)} products behind it are applied`, patienceMs, () => arrived(good, otherPrice));
    await neighbours(stage, String(product));
    await setPrice(poison, laterPrice);
    await mustCome(stage, 'what follows under its key is kept behind it', patienceMs, async () => (await letters()) >= 2);
    if (await arrived([poison], laterPrice)) fail('F14: an event of a parked key was applied');
    await alter(stage, `DROP CONSTRAINT ${obstacle}`);
    const { orders } = await system.urls();
    await redrive({ databaseUrls: { orders: orders.app }, topic, by: { actor: 'fault suite', reason: 'the obstacle is gone' } });
    await mustCome(stage, 'a redrive applies the letters', patienceMs, async () => arrived([poison], laterPrice));
    await mustCome(stage, 'no letter is left', patienceMs, async () => (await letters()) === 0 && (await parked()) === 0);
  },
};

async function alter({ system }: Stage, change: string): Promise<void> {
  await using sql = await openSql((await system.urls()).orders.owner);
  await sql.execute(`ALTER TABLE orders.price ${change}`);
}

/** Some of the others must have stood behind it in its own partition. */
async function neighbours({ system, note, fail }: Stage, product: string): Promise<void> {
  if (system.log === null) return;
  const records = (await system.log()).filter((record) => record.topic === topic);
  const bare = product.replaceAll('-', '');
  const first = records
    .filter(({ key }) => key.replaceAll('-', '').endsWith(bare))
    .toSorted((left, right) => right.position - left.position)[0];
  const behind = records.filter((one) => first !== undefined && one.partition === first.partition && one.position > first.position);
  note(`F14: ${String(behind.length)} events behind it in its partition`);
  if (behind.length === 0) fail('F14: nothing stood behind the poison in its partition');
}
