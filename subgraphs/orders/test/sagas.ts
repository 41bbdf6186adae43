import { money, newId, type Id } from '@tally/kernel';
import { begin, standardDeadlines, type Saga } from '../src/domain/saga.ts';
import type { CommandType } from '../src/domain/saga-commands.ts';
import type { Reply } from '../src/domain/saga-replies.ts';

export const start = new Date('2026-11-21T12:00:00Z');
export const total = money(2_990, 'EUR');

/** The saga of an order of two mugs that was just accepted. */
export function aSaga(): Saga {
  const lines = [{ variantId: newId('var'), quantity: 2 }];
  return begin(
    { sagaId: newId('saga'), orderId: newId('ord'), buyerId: newId('usr'), total, paymentMethodId: null },
    lines,
    start,
    standardDeadlines,
  ).saga;
}

/** The id of the newest command of a type. */
export function commandIn(saga: Saga, type: CommandType): Id<'cmd'> {
  const command = saga.commands.findLast((sent) => sent.type === type);
  if (command === undefined) throw new Error(`${type} was not sent`);
  return command.id;
}

export const replyTypes = [
  'StockReserved',
  'StockRejected',
  'StockCommitted',
  'StockReleased',
  'PaymentActionRequired',
  'PaymentAuthorised',
  'PaymentDeclined',
  'PaymentFailed',
  'PaymentInDoubt',
  'PaymentCaptured',
  'CaptureRefused',
  'PaymentVoided',
  'PaymentRefunded',
  'RefundFailed',
] as const satisfies readonly Reply['type'][];

const payment = { id: newId('pay') };

/** A reply of a type to a command, or a fact that answers none. */
export function aReply(type: Reply['type'], commandId: Id<'cmd'> | null, orderId: Id<'ord'>): Reply {
  const order = { id: orderId };
  const fact = { commandId, order, payment };
  const refundId = newId('ref');
  switch (type) {
    case 'StockReserved':
    case 'StockCommitted':
    case 'StockReleased':
      return { type, data: { commandId: commandId ?? newId('cmd'), order } };
    case 'StockRejected':
      return {
        type,
        data: {
          commandId: commandId ?? newId('cmd'),
          order,
          reason: 'SHORT',
          short: [{ variant: { id: newId('var') }, requested: 2, available: 1 }],
        },
      };
    case 'PaymentActionRequired':
      return { type, data: { ...fact, url: 'https://pay.example.test', expiresAt: start.toISOString() } };
    case 'PaymentAuthorised':
    case 'PaymentCaptured':
      return { type, data: { ...fact, amount: total } };
    case 'PaymentDeclined':
    case 'PaymentFailed':
    case 'CaptureRefused':
      return { type, data: { ...fact, reason: 'because' } };
    case 'PaymentInDoubt':
      return { type, data: { ...fact, operation: 'AUTHORISE' } };
    case 'PaymentVoided':
      return { type, data: fact };
    case 'PaymentRefunded':
      return { type, data: { ...fact, refundId, amount: total } };
    case 'RefundFailed':
      return { type, data: { ...fact, refundId, reason: 'because' } };
  }
}
