import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aReply, aSaga, replyTypes, start } from '../../test/sagas.ts';
import { isLegalMove, isUnsuccessful, legalMoves, type CancelReason, type OrderStatus } from './order.ts';
import { advance, cancel, expire, standardDeadlines, type Advance, type Saga } from './saga.ts';
import { isOutstanding, isPaymentCommand } from './saga-commands.ts';
import { answersTo, ImpossibleReplyError } from './saga-replies.ts';

type Happening =
  | {
      readonly kind: 'reply';
      readonly type: (typeof replyTypes)[number];
      readonly which: number;
      readonly unasked: boolean;
      readonly fitting?: number | null;
    }
  | { readonly kind: 'cancel'; readonly reason: CancelReason }
  | { readonly kind: 'wait'; readonly ms: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('reply' as const),
      type: fc.constantFrom(...replyTypes),
      which: fc.nat(7),
      unasked: fc.boolean(),
      fitting: fc.option(fc.nat(4)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cancel' as const), reason: fc.constantFrom<CancelReason>('CUSTOMER', 'FRAUD', 'INVENTORY') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(90_000_000) }) },
);

const byMoney = new Set([
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
]);

function next(saga: Saga, status: OrderStatus, now: Date, what: Happening): Advance | null {
  if (what.kind === 'cancel') return cancel(saga, status, what.reason);
  if (what.kind === 'wait') return expire(saga, now);
  const command = saga.commands[what.which % saga.commands.length];
  if (command === undefined) return null;
  // Most replies answer what was asked, or the story ends before it begins.
  const fitting = what.fitting == null ? undefined : answersTo[command.type][what.fitting % answersTo[command.type].length];
  const type = fitting ?? what.type;
  const commandId = fitting === undefined && what.unasked && byMoney.has(type) ? null : command.id;
  try {
    return advance(saga, aReply(type, commandId, saga.orderId), now, standardDeadlines);
  } catch (error) {
    // Parked: nothing is written.
    if (error instanceof ImpossibleReplyError) return null;
    throw error;
  }
}

test('whatever is answered, repeated, cancelled or late: moves are legal, one end at most, no command twice, nothing released while money is under way', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (story) => {
      let saga = aSaga();
      let status: OrderStatus = 'PENDING';
      let now = start;
      let ends = 0;
      const ids = new Set(saga.commands.map(({ id }) => id));
      for (const what of story) {
        if (what.kind === 'wait') now = new Date(now.getTime() + what.ms);
        const moved = next(saga, status, now, what);
        if (moved === null) continue;
        if (moved.move !== null) {
          expect(moved.move.from).toBe(status);
          expect(isLegalMove(moved.move.from, moved.move.to)).toBe(true);
          status = moved.move.to;
          if (legalMoves[status].length === 0) ends += 1;
        }
        for (const { id } of moved.send) {
          expect(ids.has(id)).toBe(false);
          ids.add(id);
        }
        const outstanding = moved.saga.commands.filter(isOutstanding);
        expect(new Set(outstanding.map(({ type }) => type)).size).toBe(outstanding.length);
        for (const type of ['ReserveStock', 'CommitStock', 'ReleaseStock', 'AuthorisePayment', 'CapturePayment', 'RefundPayment']) {
          expect(moved.saga.commands.filter((command) => command.type === type).length).toBeLessThanOrEqual(1);
        }
        if (moved.send.some(({ type }) => type === 'ReleaseStock')) {
          const moneyUnderWay = saga.step === 'RESERVE' ? [] : outstanding.filter(({ type }) => isPaymentCommand(type));
          expect(moneyUnderWay).toEqual([]);
        }
        if (moved.saga.step === 'ENDED') expect(moved.saga.as === 'SOLD' ? status === 'PROCESSING' : isUnsuccessful(status)).toBe(true);
        expect(ends).toBeLessThanOrEqual(1);
        reached.add(`${moved.saga.step} ${status}`);
        saga = moved.saga;
      }
    }),
    { numRuns: 3_000, seed: 20_261_121 },
  );
  // The stories went everywhere.
  for (const place of [
    'AUTHORISE STOCK_RESERVED',
    'COMPLETE CONFIRMED',
    'COMPLETE PROCESSING',
    'CANCELLING CANCELLING',
    'CANCELLING STOCK_RESERVED',
    'ENDED PROCESSING',
    'ENDED REJECTED',
    'ENDED CANCELLED',
    'ENDED PAYMENT_FAILED',
  ]) {
    expect([...reached]).toContain(place);
  }
});

test('a reply that comes again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), fc.constantFrom(...replyTypes), fc.nat(7), (story, type, which) => {
      let saga = aSaga();
      let status: OrderStatus = 'PENDING';
      for (const what of story) {
        const moved = next(saga, status, start, what);
        if (moved === null) continue;
        saga = moved.saga;
        status = moved.move?.to ?? status;
      }
      const once = next(saga, status, start, { kind: 'reply', type, which, unasked: false });
      if (once === null || once.verdict === 'PROGRESS') return;
      const command = saga.commands[which % saga.commands.length];
      if (command === undefined) return;
      const again = advance(once.saga, aReply(type, command.id, saga.orderId), start, standardDeadlines);
      expect(again).toEqual({ saga: once.saga, send: [], move: null, verdict: 'REPEATED' });
    }),
    { numRuns: 500 },
  );
});
