import { topics } from '@tally/events';
import { isId, money, newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { aReply, aSaga, commandIn, replyTypes, start, total } from '../../test/sagas.ts';
import type { OrderStatus } from './order.ts';
import { advance, cancel, expire, standardDeadlines, type Advance, type Saga } from './saga.ts';
import { commandIdOf, isOutstanding, type CommandType } from './saga-commands.ts';
import { answersTo, ImpossibleReplyError, type Reply } from './saga-replies.ts';

const hears = (saga: Saga, type: Reply['type'], to: CommandType | null): Advance =>
  advance(saga, aReply(type, to === null ? null : commandIn(saga, to), saga.orderId), start, standardDeadlines);
const later = (ms: number) => new Date(start.getTime() + ms);
const sent = ({ send }: Advance) => send.map(({ type }) => type);
const reserved = () => hears(aSaga(), 'StockReserved', 'ReserveStock').saga;
const confirmed = () => hears(reserved(), 'PaymentAuthorised', 'AuthorisePayment').saga;
const captured = () => hears(confirmed(), 'PaymentCaptured', 'CapturePayment').saga;
const sold = () => hears(captured(), 'StockCommitted', 'CommitStock').saga;
const called = (saga: Saga, status: OrderStatus): Advance => {
  const next = cancel(saga, status, 'CUSTOMER');
  if (next === null) throw new Error('too late to cancel');
  return next;
};

test('a sale goes from stock to money to both completed', () => {
  const first = hears(aSaga(), 'StockReserved', 'ReserveStock');
  expect(first).toMatchObject({
    saga: { step: 'AUTHORISE', deadlineAt: later(30 * 60_000) },
    move: { from: 'PENDING', to: 'STOCK_RESERVED' },
  });
  expect(first.send).toMatchObject([{ type: 'AuthorisePayment', data: { amount: total, deadlineAt: later(30 * 60_000).toISOString() } }]);

  const pivot = hears(first.saga, 'PaymentAuthorised', 'AuthorisePayment');
  expect(pivot).toMatchObject({ saga: { step: 'COMPLETE' }, move: { to: 'CONFIRMED' } });
  expect(sent(pivot)).toEqual(['CommitStock', 'CapturePayment']);

  const paid = hears(pivot.saga, 'PaymentCaptured', 'CapturePayment');
  expect(paid).toMatchObject({
    saga: { step: 'COMPLETE', captured: true, committed: false },
    move: { from: 'CONFIRMED', to: 'PROCESSING' },
  });
  expect(hears(paid.saga, 'StockCommitted', 'CommitStock')).toMatchObject({
    saga: { step: 'ENDED', as: 'SOLD', deadlineAt: null },
    send: [],
    move: null,
  });
});

test('stock may be committed before the money is captured', () => {
  const committed = hears(confirmed(), 'StockCommitted', 'CommitStock');
  expect(committed).toMatchObject({ saga: { step: 'COMPLETE', committed: true }, move: null });
  expect(hears(committed.saga, 'PaymentCaptured', 'CapturePayment')).toMatchObject({
    saga: { step: 'ENDED', as: 'SOLD' },
    move: { to: 'PROCESSING' },
  });
});

test('an order with a short line is rejected with that line, and nothing is released', () => {
  const rejected = hears(aSaga(), 'StockRejected', 'ReserveStock');
  expect(rejected).toMatchObject({
    saga: { step: 'ENDED', as: 'REJECTED' },
    send: [],
    move: { to: 'REJECTED', problems: [{ code: 'INSUFFICIENT_STOCK', requested: 2, available: 1 }] },
  });
});

test.each(['PaymentDeclined', 'PaymentFailed', 'PaymentVoided'] as const)('%s ends the order and releases its stock', (type) => {
  const failed = hears(reserved(), type, 'AuthorisePayment');
  expect(failed).toMatchObject({ saga: { step: 'ENDED', as: 'PAYMENT_FAILED' }, move: { to: 'PAYMENT_FAILED' } });
  expect(sent(failed)).toEqual(['ReleaseStock']);
  expect(failed.move?.problems).toHaveLength(1);
});

test('doubt and a buyer who has to act are progress: the command stays outstanding and nothing is released', () => {
  const doubt = hears(reserved(), 'PaymentInDoubt', 'AuthorisePayment');
  expect(doubt).toMatchObject({ saga: { step: 'AUTHORISE', inDoubtSince: start }, send: [], move: null, verdict: 'PROGRESS' });
  const acting = hears(doubt.saga, 'PaymentActionRequired', 'AuthorisePayment');
  expect(acting.saga.commands.filter(isOutstanding).map(({ type }) => type)).toEqual(['AuthorisePayment']);
  expect(hears(acting.saga, 'PaymentAuthorised', 'AuthorisePayment')).toMatchObject({ saga: { step: 'COMPLETE', inDoubtSince: null } });
});

test('an order that is cancelled while its stock is asked for ends at once and releases what may come', () => {
  const cancelled = called(aSaga(), 'PENDING');
  expect(cancelled).toMatchObject({
    saga: { step: 'ENDED', as: 'CANCELLED' },
    move: { from: 'PENDING', to: 'CANCELLED', cancelReason: 'CUSTOMER', problems: [{ code: 'CANCELLED' }] },
  });
  expect(sent(cancelled)).toEqual(['ReleaseStock']);
  const late = hears(cancelled.saga, 'StockReserved', 'ReserveStock');
  expect(late).toMatchObject({ verdict: 'LATE', send: [], move: null });
  expect(hears(late.saga, 'StockReleased', 'ReleaseStock').saga.commands.filter(isOutstanding)).toEqual([]);
});

test('an order that is cancelled during a charge waits for the money before it lets the stock go', () => {
  const cancelling = called(reserved(), 'STOCK_RESERVED');
  expect(cancelling).toMatchObject({ saga: { step: 'CANCELLING', endsAs: 'CANCELLED', deadlineAt: null }, move: { to: 'CANCELLING' } });
  expect(sent(cancelling)).toEqual(['VoidPayment']);

  const late = hears(cancelling.saga, 'PaymentAuthorised', 'AuthorisePayment');
  expect(late).toMatchObject({ verdict: 'LATE', send: [], move: null });

  const ended = hears(late.saga, 'PaymentVoided', 'VoidPayment');
  expect(ended).toMatchObject({ saga: { step: 'ENDED', as: 'CANCELLED' }, move: { from: 'CANCELLING', to: 'CANCELLED' } });
  expect(sent(ended)).toEqual(['ReleaseStock']);
});

test('a void that finds the money taken becomes a refund', () => {
  const cancelling = called(confirmed(), 'CONFIRMED');
  expect(sent(cancelling)).toEqual(['VoidPayment']);
  const refunding = hears(hears(cancelling.saga, 'PaymentCaptured', 'CapturePayment').saga, 'PaymentCaptured', 'VoidPayment');
  expect(refunding.send).toMatchObject([{ type: 'RefundPayment', data: { amount: total } }]);
  expect(refunding.move).toBeNull();
  expect(sent(hears(refunding.saga, 'PaymentRefunded', 'RefundPayment'))).toEqual(['ReleaseStock']);
});

test('a sale that is cancelled before it ships is refunded, its stock comes back', () => {
  for (const saga of [captured(), sold()]) {
    const cancelling = called(saga, 'PROCESSING');
    expect(sent(cancelling)).toEqual(['RefundPayment']);
    expect(hears(cancelling.saga, 'PaymentRefunded', 'RefundPayment')).toMatchObject({
      move: { to: 'CANCELLED' },
      send: [{ type: 'ReleaseStock' }],
    });
  }
});

test('an order cannot be cancelled once parcels leave, nor twice, nor after its end', () => {
  expect(cancel(sold(), 'SHIPPED', 'CUSTOMER')).toBeNull();
  expect(cancel(sold(), 'PARTIALLY_SHIPPED', 'CUSTOMER')).toBeNull();
  expect(cancel(called(reserved(), 'STOCK_RESERVED').saga, 'CANCELLING', 'CUSTOMER')).toBeNull();
  expect(cancel(hears(aSaga(), 'StockRejected', 'ReserveStock').saga, 'REJECTED', 'CUSTOMER')).toBeNull();
  expect(cancel(captured(), 'SHIPPED', 'CUSTOMER')).toBeNull();
  expect(cancel(aSaga(), 'STOCK_RESERVED', 'CUSTOMER')).toBeNull();
});

test.each(['CaptureRefused', 'PaymentFailed', 'PaymentVoided', 'PaymentDeclined'] as const)(
  '%s instead of a capture calls the order off',
  (type) => {
    const off = hears(confirmed(), type, 'CapturePayment');
    expect(off).toMatchObject({
      saga: { step: 'CANCELLING', endsAs: 'CANCELLED' },
      move: { from: 'CONFIRMED', to: 'CANCELLING', cancelReason: 'PAYMENT' },
    });
    expect(sent(off)).toEqual(['VoidPayment']);
  },
);

test('a failed refund waits for a person, and the refund that person makes ends it', () => {
  const refunding = called(captured(), 'PROCESSING').saga;
  const stuck = hears(refunding, 'RefundFailed', 'RefundPayment');
  expect(stuck).toMatchObject({ saga: { step: 'CANCELLING', attention: 'refund failed: because' }, send: [], move: null });
  expect(hears(stuck.saga, 'PaymentRefunded', null)).toMatchObject({
    saga: { step: 'ENDED', attention: null },
    move: { to: 'CANCELLED' },
    send: [{ type: 'ReleaseStock' }],
  });
});

test('a part of a refund does not end a cancellation', () => {
  const stuck = hears(called(captured(), 'PROCESSING').saga, 'RefundFailed', 'RefundPayment').saga;
  const part = aReply('PaymentRefunded', null, stuck.orderId) as Extract<Reply, { type: 'PaymentRefunded' }>;
  const told = advance(stuck, { ...part, data: { ...part.data, amount: money(1, 'EUR') } }, start, standardDeadlines);
  expect(told).toMatchObject({ saga: { step: 'CANCELLING' }, move: null, verdict: 'UNASKED' });
});

test('money that turns up for a dead order goes back, once', () => {
  const dead = hears(reserved(), 'PaymentDeclined', 'AuthorisePayment').saga;
  const voiding = hears(dead, 'PaymentAuthorised', null);
  expect(sent(voiding)).toEqual(['VoidPayment']);
  expect(voiding.move).toBeNull();
  expect(sent(hears(voiding.saga, 'PaymentAuthorised', null))).toEqual([]);
  const refunding = hears(voiding.saga, 'PaymentCaptured', 'VoidPayment');
  expect(sent(refunding)).toEqual(['RefundPayment']);
  expect(sent(hears(refunding.saga, 'PaymentCaptured', null))).toEqual([]);
  expect(hears(refunding.saga, 'RefundFailed', 'RefundPayment').saga.attention).toBe('refund failed: because');
  expect(sent(hears(hears(refunding.saga, 'PaymentRefunded', 'RefundPayment').saga, 'PaymentCaptured', null))).toEqual([]);
});

test('facts that nobody asked for change no order that lives or was sold', () => {
  for (const saga of [aSaga(), reserved(), confirmed(), captured(), sold()]) {
    for (const type of replyTypes.slice(4)) expect(hears(saga, type, null)).toEqual({ saga, send: [], move: null, verdict: 'UNASKED' });
  }
});

test('stock that is not reserved in time is released and the order cancelled', () => {
  const saga = aSaga();
  expect(expire(saga, later(15 * 60_000 - 1))).toBeNull();
  expect(expire(saga, later(15 * 60_000))).toMatchObject({
    saga: { as: 'CANCELLED' },
    move: { to: 'CANCELLED', cancelReason: 'TIMEOUT' },
    send: [{ type: 'ReleaseStock' }],
  });
});

test('a payment that is not made in time is voided, and only the void ends the order', () => {
  const expired = expire(reserved(), later(30 * 60_000));
  expect(expired).toMatchObject({
    saga: { step: 'CANCELLING', endsAs: 'PAYMENT_FAILED', deadlineAt: null },
    move: null,
    send: [{ type: 'VoidPayment' }],
  });
  if (expired === null) throw new Error('not expired');
  const ended = hears(expired.saga, 'PaymentVoided', 'VoidPayment');
  expect(ended).toMatchObject({
    saga: { as: 'PAYMENT_FAILED' },
    move: { from: 'STOCK_RESERVED', to: 'PAYMENT_FAILED' },
    send: [{ type: 'ReleaseStock' }],
  });

  const cancelled = called(expired.saga, 'STOCK_RESERVED');
  expect(cancelled).toMatchObject({ saga: { endsAs: 'CANCELLED' }, send: [], move: { to: 'CANCELLING' } });
  expect(hears(cancelled.saga, 'PaymentVoided', 'VoidPayment')).toMatchObject({ move: { from: 'CANCELLING', to: 'CANCELLED' } });
});

test('a sale that is not completed in a day calls for a person and goes on', () => {
  const stuck = expire(captured(), later(24 * 3_600_000));
  expect(stuck).toMatchObject({
    saga: { step: 'COMPLETE', attention: 'no answer to CommitStock', deadlineAt: null },
    send: [],
    move: null,
  });
  if (stuck === null) throw new Error('not expired');
  expect(hears(stuck.saga, 'StockCommitted', 'CommitStock')).toMatchObject({ saga: { step: 'ENDED', as: 'SOLD', attention: null } });
});

test('what waits for money or for nothing has no deadline', () => {
  for (const saga of [called(reserved(), 'STOCK_RESERVED').saga, sold()]) expect(expire(saga, later(365 * 86_400_000))).toBeNull();
  const overdue: Saga = { ...sold(), deadlineAt: start };
  expect(expire(overdue, later(1))).toMatchObject({ saga: { deadlineAt: null }, send: [], move: null });
});

test('a reply with another amount or currency, to no command, or of another kind is impossible', () => {
  const saga = reserved();
  const other = aReply('PaymentAuthorised', commandIn(saga, 'AuthorisePayment'), saga.orderId) as Extract<
    Reply,
    { type: 'PaymentAuthorised' }
  >;
  for (const amount of [money(1, 'EUR'), money(total.amount, 'USD')]) {
    const wrong = { ...other, data: { ...other.data, amount } };
    expect(() => advance(saga, wrong, start, standardDeadlines)).toThrow(ImpossibleReplyError);
  }
  expect(() => advance(saga, aReply('StockReserved', newId('cmd'), saga.orderId), start, standardDeadlines)).toThrow(ImpossibleReplyError);
  expect(() => hears(saga, 'StockCommitted', 'AuthorisePayment')).toThrow(ImpossibleReplyError);
  expect(() => hears(aSaga(), 'PaymentInDoubt', 'ReserveStock')).toThrow(ImpossibleReplyError);
});

test('the id of a command follows from its saga', () => {
  const sagaId = newId('saga');
  const id = commandIdOf(sagaId, 'VoidPayment', 1);
  expect(isId('cmd', id)).toBe(true);
  expect(commandIdOf(sagaId, 'VoidPayment', 1)).toBe(id);
  expect(
    new Set([
      id,
      commandIdOf(sagaId, 'VoidPayment', 2),
      commandIdOf(sagaId, 'RefundPayment', 1),
      commandIdOf(newId('saga'), 'VoidPayment', 1),
    ]).size,
  ).toBe(4);
});

test('every reply of the catalogue is met in every step: it moves the saga, changes nothing, or is impossible and parked', () => {
  const catalogue = [...Object.keys(topics['products.stock.v1'].messages), ...Object.keys(topics['payments.payment.v1'].messages)];
  expect([...replyTypes].sort()).toEqual(catalogue.sort());

  const steps = {
    reserve: aSaga(),
    authorise: reserved(),
    complete: confirmed(),
    captured: captured(),
    cancelling: called(reserved(), 'STOCK_RESERVED').saga,
    sold: sold(),
    dead: called(aSaga(), 'PENDING').saga,
  };
  for (const [name, saga] of Object.entries(steps)) {
    for (const command of saga.commands) {
      for (const type of replyTypes) {
        const reply = aReply(type, command.id, saga.orderId);
        const hear = () => advance(saga, reply, start, standardDeadlines);
        const progress = type === 'PaymentInDoubt' || type === 'PaymentActionRequired';
        const answerable = answersTo[command.type].includes(type) || (progress && command.type.endsWith('Payment'));
        if (command.state === 'ANSWERED')
          expect(hear(), `${type} to ${command.type} in ${name}`).toEqual({ saga, send: [], move: null, verdict: 'REPEATED' });
        else if (!answerable) expect(hear, `${type} to ${command.type} in ${name}`).toThrow(ImpossibleReplyError);
        else
          expect(hear().verdict, `${type} to ${command.type} in ${name}`).toBe(
            progress ? 'PROGRESS' : command.state === 'VOID' ? 'LATE' : 'MOVED',
          );
      }
    }
  }
});
