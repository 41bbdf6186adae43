import { expect, test } from 'vitest';
import { anOrdersWorld } from './orders-world.ts';

const orderColumns = `buyer_id, saga_id, status, currency, subtotal, shipping, tax, discount, total, shipping_address, client_key, fingerprint`;

/** What must never be in the tables, and the constraint that keeps it out should everything before it fail. */
const impossible: readonly (readonly [string, string, string])[] = [
  [
    'a second order under a key',
    `INSERT INTO orders (id, ${orderColumns}) SELECT gen_random_uuid(), ${orderColumns} FROM orders`,
    'orders_buyer_id_client_key_key',
  ],
  [
    'a command that is sent again while it is outstanding',
    'INSERT INTO saga_command (id, order_id, type) SELECT gen_random_uuid(), order_id, type FROM saga_command',
    'saga_command_outstanding',
  ],
  [
    'a number of a buyer’s stream given twice',
    'INSERT INTO order_event (order_id, sequence, status, buyer_id, buyer_sequence) SELECT order_id, sequence + 1, status, buyer_id, buyer_sequence FROM order_event',
    'order_event_buyer_id_buyer_sequence_key',
  ],
  [
    'a number of a stream given twice',
    'INSERT INTO outbox (event_id, topic, key, sequence, type, payload) SELECT gen_random_uuid(), topic, key, sequence, type, payload FROM outbox',
    'outbox_topic_key_sequence_key',
  ],
  [
    'a second open cart of a buyer',
    'INSERT INTO cart (id, owner_id, expires_at) SELECT gen_random_uuid(), owner_id, expires_at FROM cart',
    'cart_owner_id_key',
  ],
  ['a total that is not the sum of its parts', 'UPDATE orders SET total = total + 1', 'orders_amounts_check'],
];

test.each(impossible)('the tables of orders refuse %s', async (_, statement, constraint) => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const [mug] = await world.sells({});
  const buyer = world.buyer();
  await buyer.cart('cartLinesAdd', { lines: [{ variantId: mug, quantity: 1 }] });
  await buyer.buys(mug!);

  await expect(world.sql.execute(statement)).rejects.toMatchObject({ constraint });
});
