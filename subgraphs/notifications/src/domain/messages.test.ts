import { decode, lockedSequence, type OutgoingEvent } from '@tally/events';
import { newId, newShardedId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { notificationCreated, notificationRead } from './messages.ts';

const [id, userId, orderId] = [newId('ntf'), newId('usr'), newShardedId('ord', 7)];

test.each<[string, OutgoingEvent]>([
  ['about an order', notificationCreated({ id, userId, orderId, template: 'ORDER_CONFIRMED' }, lockedSequence(1))],
  ['about nothing but the user', notificationCreated({ id, userId, orderId: null, template: 'SECURITY_NOTICE' }, lockedSequence(2))],
  ['about what was read', notificationRead(id, userId, lockedSequence(3))],
])('an event %s keeps its schema and stands under its user', (_, { topic, type, key, data }) => {
  expect(decode(topic, type, JSON.stringify(data))).toEqual(data);
  expect(key).toBe(userId);
});
