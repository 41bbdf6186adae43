import { expect, test } from 'vitest';
import { aCommand, anOrder, openWorld } from './world.ts';

/** What must never be in the tables, and the constraint that keeps it out should everything before it fail. */
const impossible: readonly (readonly [string, string, string])[] = [
  ['less than nothing on the shelf', 'UPDATE stock SET available = -1', 'stock_available_check'],
  ['less than nothing held', 'UPDATE stock SET reserved = -1', 'stock_reserved_check'],
  [
    'a second claim of an order',
    `INSERT INTO stock_claim (order_id, state, sequence) SELECT order_id, 'RESERVED', 1 FROM stock_claim`,
    'stock_claim_pkey',
  ],
  ['a variant reserved twice for an order', 'INSERT INTO reservation SELECT * FROM reservation', 'reservation_pkey'],
  [
    'two movements that made one version of a stock row',
    'INSERT INTO stock_movement (variant_id, version, kind, quantity, order_id) SELECT variant_id, version, kind, quantity, order_id FROM stock_movement',
    'stock_movement_pkey',
  ],
  [
    'a number of a stream given twice',
    'INSERT INTO outbox (event_id, topic, key, sequence, type, payload) SELECT gen_random_uuid(), topic, key, sequence, type, payload FROM outbox',
    'outbox_topic_key_sequence_key',
  ],
];

test.each(impossible)('the tables of products refuse %s', async (_, statement, constraint) => {
  await using world = await openWorld();
  const { variantIds } = await world.aProduct({ stock: [3] });
  await world.useCases.reserveStock({ ...aCommand(), orderId: anOrder(), lines: [{ variantId: variantIds[0], quantity: 2 }] });

  await expect(world.sql.execute(statement)).rejects.toMatchObject({ constraint });
});
