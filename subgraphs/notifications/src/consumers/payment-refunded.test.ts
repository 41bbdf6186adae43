import type { ReceivedEvent } from '@tally/events';
import { newId, newShardedId } from '@tally/kernel';
import { PoisonEventError } from '@tally/messaging';
import { expect, test } from 'vitest';
import { UnknownOrderError } from '../use-cases/tell.ts';
import { onPaymentRefunded, OrderNotYetKnownError } from './payment-refunded.ts';

const orderId = newShardedId('ord', 7);
const event: ReceivedEvent<'PaymentRefunded'> = {
  id: newId('evt'),
  topic: 'payments.payment.v1',
  type: 'PaymentRefunded',
  key: orderId,
  sequence: 1,
  time: new Date(0),
  traceparent: null,
  data: {
    commandId: newId('cmd'),
    order: { id: orderId },
    payment: { id: newId('pay') },
    refundId: newId('ref'),
    amount: { amount: 1, currency: 'EUR' },
  },
};
const unknown = () => Promise.reject(new UnknownOrderError(orderId));

test('an order that is not known yet is worth waiting for', async () => {
  const handler = onPaymentRefunded(unknown, 60_000);
  await expect(handler(event)).rejects.toThrow(OrderNotYetKnownError);
  await expect(handler(event)).rejects.toMatchObject({ retryable: true });
});

test('not for ever: then the key is parked', async () => {
  const handler = onPaymentRefunded(unknown, 0);
  await expect(handler(event)).rejects.toThrow(PoisonEventError);
});

test('what else goes wrong is not explained away', async () => {
  const handler = onPaymentRefunded(() => Promise.reject(new TypeError('a bug')), 60_000);
  await expect(handler(event)).rejects.toThrow(TypeError);
});
