import { expect, test } from 'vitest';
import { aPaymentsWorld } from './payments-world.ts';

const another = 'gen_random_uuid()';

/** What must never be in the tables, and the constraint that keeps it out should everything before it fail. */
const impossible: readonly (readonly [string, string, string])[] = [
  [
    'a second payment of an order',
    `INSERT INTO payment (id, order_id, buyer_id, provider, status, amount, currency) SELECT ${another}, order_id, buyer_id, provider, status, amount, currency FROM payment`,
    'payment_order_id_key',
  ],
  [
    'a command taken twice',
    `INSERT INTO payment_operation (payment_id, command_id, operation, call, key, state) SELECT payment_id, command_id, operation, call, key, 'READY' FROM payment_operation`,
    'payment_operation_command_id_key',
  ],
  [
    'a second call to the provider while one is open',
    `INSERT INTO payment_attempt (id, payment_id, number, operation, outcome) SELECT ${another}, id, n, 'CAPTURE', 'STARTED' FROM payment, generate_series(7, 8) AS n`,
    'payment_attempt_open',
  ],
  ['more given back than was taken', 'UPDATE payment SET refunded = captured + 1', 'payment_amounts_check'],
  ['more taken than was ordered', 'UPDATE payment SET captured = amount + 1', 'payment_amounts_check'],
  [
    'a number of a stream given twice',
    `INSERT INTO outbox (event_id, topic, key, sequence, type, payload) SELECT ${another}, topic, key, sequence, type, payload FROM outbox`,
    'outbox_topic_key_sequence_key',
  ],
];

test.each(impossible)('the tables of payments refuse %s', async (_, statement, constraint) => {
  await using world = await aPaymentsWorld();
  await world.replyTo(await world.authorise('tok_captures_at_once'));
  await world.stop();

  await expect(world.sql.execute(statement)).rejects.toMatchObject({ constraint });
});
