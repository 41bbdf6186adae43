import type { OrderStatusName } from '@tally/events';
import { newId, newShardedId, toUuid } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aNotificationsWorld } from './notifications-world.ts';

const worth: readonly (readonly [OrderStatusName, string])[] = [
  ['CONFIRMED', 'ORDER_CONFIRMED'],
  ['PAYMENT_FAILED', 'PAYMENT_FAILED'],
  ['PARTIALLY_SHIPPED', 'ORDER_SHIPPED'],
  ['SHIPPED', 'ORDER_SHIPPED'],
  ['DELIVERED', 'ORDER_DELIVERED'],
];

test('each change that is worth telling is told once, to the buyer, and the others are not', async () => {
  await using world = await aNotificationsWorld();
  const buyer = await world.user();
  const order = await world.placed(buyer);
  const quiet: OrderStatusName[] = ['STOCK_RESERVED', 'PROCESSING', 'COMPLETED', 'REJECTED', 'CANCELLING', 'CANCELLED'];
  for (const status of [...worth.map(([one]) => one), ...quiet]) await world.becomes(order, status);
  await world.caughtUp();

  const rows = await world.rows(buyer);
  expect(rows.map(({ template }) => template)).toEqual(worth.map(([, template]) => template));
  expect(rows.map((row) => [row['user_id'], row['order_id'], row['channel']])).toEqual(
    rows.map(() => [uuidOf(buyer), uuidOf(order.id), 'EMAIL']),
  );
  for (const { text, html } of rows) for (const body of [text, html]) expect(body).toContain(`T-${order.id.slice(-6)}`);
});

test('a refund names its amount, a stolen session its moment; sessions that end otherwise are nobody’s news', async () => {
  await using world = await aNotificationsWorld();
  const buyer = await world.user({ displayName: 'Grace' });
  const order = await world.placed(buyer);
  await world.caughtUp();
  await world.refunded(order.id, { amount: 1_234, currency: 'EUR' });
  await world.caughtUp();
  await world.sessionRevoked(buyer, 'LOGOUT');
  await world.sessionRevoked(buyer, 'REUSE');
  await world.caughtUp();

  const [refund, notice, ...others] = await world.rows(buyer);
  expect(others).toEqual([]);
  expect(refund).toMatchObject({ template: 'REFUNDED', order_id: uuidOf(order.id) });
  expect(refund?.['text']).toContain('12.34');
  expect(refund?.['text']).toContain('Grace');
  expect(notice).toMatchObject({ template: 'SECURITY_NOTICE', order_id: null });
});

test('an event delivered again tells nothing again: one row, one number, one event, one mail', async () => {
  await using world = await aNotificationsWorld();
  const buyer = await world.user();
  const order = await world.placed(buyer);
  const eventId = newId('evt');
  for (let times = 0; times < 3; times += 1) await world.becomes(order, 'CONFIRMED', { eventId });
  const refund = await world.refunded(order.id, { amount: 1, currency: 'EUR' });
  await world.refunded(order.id, { amount: 1, currency: 'EUR' }, refund);
  await world.caughtUp();
  await world.delivered();

  expect((await world.rows(buyer)).map(({ template }) => template).sort()).toEqual(['ORDER_CONFIRMED', 'REFUNDED']);
  expect((await world.events(buyer)).map(({ type, sequence }) => [type, sequence])).toEqual([
    ['NotificationCreated', 1],
    ['NotificationCreated', 2],
  ]);
  expect(world.mailServer.taken).toHaveLength(2);
  // OrderPlaced, the change and the refund, each seen once; a contact needs no inbox row.
  expect(await world.sql.number('SELECT count(*) FROM inbox')).toBe(3);
});

test('an event whose inbox row is forgotten tells nothing again, and leaves no hole in the stream', async () => {
  await using world = await aNotificationsWorld();
  const buyer = await world.user();
  const order = await world.placed(buyer);
  const eventId = await world.becomes(order, 'CONFIRMED');
  await world.caughtUp();
  await world.sql.execute('DELETE FROM inbox');

  await world.becomes(order, 'CONFIRMED', { eventId });
  await world.becomes(order, 'SHIPPED');
  await world.caughtUp();

  expect((await world.rows(buyer)).map((row) => [row['template'], Number(row['sequence'])])).toEqual([
    ['ORDER_CONFIRMED', 1],
    ['ORDER_SHIPPED', 2],
  ]);
});

test('the event says what the row says, at the same moment', async () => {
  await using world = await aNotificationsWorld();
  const buyer = await world.user();
  const order = await world.placed(buyer);
  await world.becomes(order, 'CONFIRMED');
  await world.sessionRevoked(buyer, 'REUSE');
  await world.caughtUp();

  const rows = await world.rows(buyer);
  const events = await world.events(buyer);
  expect(events.map(({ sequence, data, at }) => ({ sequence, data, at }))).toEqual(
    rows.map((row) => ({
      sequence: Number(row['sequence']),
      data: {
        notification: { id: `ntf_${String(row['id']).replaceAll('-', '')}` },
        user: { id: buyer },
        order: row['order_id'] === null ? null : { id: order.id },
        template: row['template'],
      },
      at: row['created_at'],
    })),
  );
});

test('a refund waits in place for its order, and is told once it is known', async () => {
  await using world = await aNotificationsWorld();
  const buyer = await world.user();
  const known = await world.placed(buyer);
  await world.sql.execute('CREATE TABLE parted AS SELECT * FROM known_order WHERE false');
  await world.caughtUp();
  await world.sql.execute('WITH gone AS (DELETE FROM known_order RETURNING *) INSERT INTO parted SELECT * FROM gone');

  await world.refunded(known.id, { amount: 100, currency: 'EUR' });
  const other = await world.user();
  await world.sessionRevoked(other, 'REUSE');
  await eventually(async () => expect(await world.rows(other)).toHaveLength(1));
  expect(await world.rows(buyer)).toEqual([]);
  await world.sql.execute('INSERT INTO known_order SELECT * FROM parted');
  await world.caughtUp();

  expect(await world.rows(buyer)).toMatchObject([{ template: 'REFUNDED' }]);
  expect(await world.sql.number('SELECT count(*) FROM dead_letter')).toBe(0);
});

test('a change of an order that was placed before anybody listened is parked, not dropped', async () => {
  await using world = await aNotificationsWorld();
  const buyer = await world.user();
  const order = { id: newShardedId('ord', 7), buyerId: buyer };
  await world.becomes(order, 'SHIPPED');
  await world.caughtUp();

  expect(await world.sql.rows('SELECT key, error_class FROM dead_letter')).toEqual([{ key: order.id, error_class: 'PoisonEventError' }]);
  expect(await world.sql.number('SELECT count(*) FROM inbox WHERE state = $1', ['DONE'])).toBe(0);
});

test('a contact is as new as its newest record, whatever comes late', async () => {
  await using world = await aNotificationsWorld();
  const id = await world.user({ email: 'second@example.com', displayName: null, version: 2 });
  await world.user({ id, email: 'first@example.com', version: 1 });
  await world.user({ id, email: 'again@example.com', version: 2 });
  await world.caughtUp();

  expect(await world.sql.rows('SELECT user_id, email, display_name, version::int FROM contact')).toEqual([
    { user_id: uuidOf(id), email: 'second@example.com', display_name: null, version: 2 },
  ]);
});

test('somebody whom users has not told of is greeted without a name, and mailed once the address is known', async () => {
  await using world = await aNotificationsWorld({ delivery: { longestPauseMs: 60_000 } });
  const stranger = newId('usr');
  const order = await world.placed(stranger);
  await world.becomes(order, 'CONFIRMED');
  await world.caughtUp();
  await eventually(async () => expect(await world.rows(stranger)).toMatchObject([{ last_error: 'NO_ADDRESS' }]));
  expect(await world.rows(stranger)).toMatchObject([{ status: 'QUEUED', attempts: 0 }]);

  await world.user({ id: stranger, email: 'late@example.com' });
  await world.delivered();

  expect(world.mailServer.taken.map(({ to }) => to)).toEqual([['late@example.com']]);
  expect(await world.rows(stranger)).toMatchObject([{ status: 'SENT', attempts: 1, last_error: null }]);
});

const uuidOf = toUuid;
