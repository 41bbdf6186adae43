import { fromUuid, toUuid } from '@tally/kernel';
import type { Row } from '@tally/testkit';
import type { MovementKind } from '../../src/domain/stock.ts';
import { openWorld } from '../world.ts';
import type { StockWorld } from './stock-store.contract.ts';

/** The Prisma adapter on a cloned database. */
export async function openPostgresStock(): Promise<StockWorld> {
  const world = await openWorld({ connections: 20 });
  const { sql } = world;
  const variantOf = ({ variant_id }: Row) => fromUuid('var', String(variant_id));
  return {
    transact: (work) => world.transact(({ stock }) => work(stock)),
    async aProduct(onHand) {
      const { variantIds } = await world.aProduct({ stock: onHand });
      const ids = variantIds.toSorted();
      // The product's variants have ids of one millisecond: which of them is first is chance.
      for (const [at, id] of ids.entries()) {
        await sql.execute('UPDATE stock SET available = $2 WHERE variant_id = $1::uuid', [toUuid(id), onHand[at]]);
        await sql.execute('UPDATE stock_movement SET quantity = $2 WHERE variant_id = $1::uuid', [toUuid(id), onHand[at]]);
      }
      return ids;
    },
    isShown: async (variantId) =>
      (await sql.number(
        'SELECT count(*) FROM product_search JOIN product_variant variant USING (product_id) WHERE variant.id = $1::uuid AND in_stock',
        [toUuid(variantId)],
      )) === 1,
    async rows() {
      const stock = await sql.rows('SELECT variant_id, available, reserved, version FROM stock');
      const movements = await sql.rows('SELECT variant_id, version, kind, quantity, order_id FROM stock_movement');
      const held = await sql.rows(
        `SELECT variant_id, quantity FROM reservation JOIN stock_claim USING (order_id) WHERE state = 'RESERVED'`,
      );
      return {
        stock: stock.map((row) => ({
          variantId: variantOf(row),
          available: Number(row['available']),
          reserved: Number(row['reserved']),
          version: Number(row['version']),
        })),
        movements: movements.map((row) => ({
          variantId: variantOf(row),
          version: Number(row['version']),
          kind: row['kind'] as MovementKind,
          quantity: Number(row['quantity']),
          orderId: typeof row['order_id'] === 'string' ? fromUuid('ord', row['order_id']) : null,
        })),
        held: held.map((row) => ({ variantId: variantOf(row), quantity: Number(row['quantity']) })),
      };
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
