import { expect, test } from 'vitest';
import { aReply, aSaga, commandIn, start, total } from '../../test/sagas.ts';
import { refundFailed } from './attention.ts';
import { commandIdOf, refundIdOf } from './saga-commands.ts';
import type { Reply } from './saga-replies.ts';
import { retry } from './saga-retry.ts';
import { advance, cancel, expire, standardDeadlines as deadlines, type Saga } from './saga.ts';

const later = new Date(start.getTime() + 3 * 86_400_000);
const after = (saga: Saga, type: Reply['type'], to: Parameters<typeof commandIn>[1]): Saga =>
  advance(saga, aReply(type, commandIn(saga, to), saga.orderId), start, deadlines).saga;
const reserved = (): Saga => after(aSaga(), 'StockReserved', 'ReserveStock');
const complete = (): Saga => after(reserved(), 'PaymentAuthorised', 'AuthorisePayment');
const refunding = (): Saga => cancel(after(complete(), 'PaymentCaptured', 'CapturePayment'), 'PROCESSING', 'CUSTOMER')!.saga;
const lost = (saga = refunding()): Saga => after(saga, 'RefundFailed', 'RefundPayment');

test('a saga that waits for nobody is left alone', () => {
  for (const saga of [aSaga(), reserved(), complete(), refunding()]) expect(retry(saga, later, deadlines)).toBeNull();
});

test('a deadline that the sweeper could not act on is acted on again', () => {
  for (const saga of [aSaga(), reserved(), complete()]) {
    const stuck = { ...saga, attention: 'its deadline could not be acted on' };
    const done = retry(stuck, later, deadlines);
    expect(done).toEqual({ kind: 'RESUMED', advance: { saga, send: [], move: null, verdict: 'MOVED' } });
    expect(expire(done!.advance.saga, later)).not.toBeNull();
  }
});

test('COMPLETE past its day is given another, and nothing is sent twice', () => {
  const past = expire(complete(), later)!.saga;
  expect(past).toMatchObject({ deadlineAt: null, attention: 'no answer to CommitStock and CapturePayment' });

  const done = retry(past, later, deadlines);

  const deadlineAt = new Date(later.getTime() + deadlines.completeMs);
  expect(done).toEqual({
    kind: 'EXTENDED',
    advance: { saga: { ...past, attention: null, deadlineAt }, send: [], move: null, verdict: 'MOVED' },
  });
});

test('a refund that failed is asked for once more, as another command and another refund; what comes of it ends the order', () => {
  const saga = lost();
  expect(saga).toMatchObject({ step: 'CANCELLING', attention: refundFailed('because') });

  const done = retry(saga, later, deadlines);

  const id = commandIdOf(saga.sagaId, 'RefundPayment', 2);
  const refundId = refundIdOf(saga.sagaId, 2);
  expect(refundId).not.toBe(refundIdOf(saga.sagaId));
  expect(done).toMatchObject({ kind: 'REFUND_AGAIN', advance: { move: null, saga: { step: 'CANCELLING', attention: null } } });
  expect(done!.advance.send).toMatchObject([{ id, type: 'RefundPayment', data: { commandId: id, refundId, amount: total } }]);
  expect(after(done!.advance.saga, 'PaymentRefunded', 'RefundPayment')).toMatchObject({ step: 'ENDED', as: 'CANCELLED', attention: null });
  expect(retry(lost(done!.advance.saga), later, deadlines)!.advance.send).toMatchObject([
    { data: { refundId: refundIdOf(saga.sagaId, 3) } },
  ]);
});

test('a refund is asked for again only once the one before it has failed', () => {
  const under = { ...refunding(), attention: refundFailed('because') };
  expect(retry(under, later, deadlines)).toMatchObject({ kind: 'RESUMED', advance: { send: [] } });
  const sold = after(after(complete(), 'PaymentCaptured', 'CapturePayment'), 'StockCommitted', 'CommitStock');
  expect(retry({ ...sold, attention: refundFailed('because') }, later, deadlines)).toMatchObject({
    kind: 'RESUMED',
    advance: { send: [] },
  });
  const other = { ...lost(), attention: 'the books of payments differ' };
  expect(retry(other, later, deadlines)).toMatchObject({ kind: 'RESUMED', advance: { send: [] } });
});
