import { unreachable } from '@tally/kernel';
import { isRefundFailure } from './attention.ts';
import { isOutstanding, isPaymentCommand, issue, refundAgain } from './saga-commands.ts';
import { after, stays } from './saga-steps.ts';
import type { Advance, Deadlines, Saga } from './saga.ts';

/**
 * What a person's word makes of a saga that waits for one.
 *
 * RESUMED        it goes on from where it stands: the sweeper looks at a deadline that has passed, replies are waited for as before.
 * EXTENDED       COMPLETE ran out of its day: what is outstanding is waited for until a new deadline. Nothing is sent again, since a command that
 *                was sent stays on the log until it is answered.
 * REFUND_AGAIN   a refund failed for good: the next one is asked for, as another refund with a key of its own at the provider.
 */
export type RetryKind = 'RESUMED' | 'EXTENDED' | 'REFUND_AGAIN';

/** A retry and what it makes of the saga. */
export interface Retry {
  readonly kind: RetryKind;
  readonly advance: Advance;
}

/** The saga goes on as a person has asked. `null`: it does not wait for anybody. */
export function retry(saga: Saga, now: Date, deadlines: Deadlines): Retry | null {
  if (saga.attention === null) return null;
  const resumed: Saga = { ...saga, attention: null };
  switch (resumed.step) {
    case 'RESERVE':
    case 'AUTHORISE':
      return { kind: 'RESUMED', advance: stays(resumed, 'MOVED') };
    case 'COMPLETE':
      return resumed.deadlineAt === null
        ? { kind: 'EXTENDED', advance: stays({ ...resumed, deadlineAt: after(now, deadlines.completeMs) }, 'MOVED') }
        : { kind: 'RESUMED', advance: stays(resumed, 'MOVED') };
    case 'CANCELLING':
    case 'ENDED':
      return refundIsLost(saga)
        ? { kind: 'REFUND_AGAIN', advance: { ...issue(resumed, refundAgain(saga, 'asked for once more')), move: null, verdict: 'MOVED' } }
        : { kind: 'RESUMED', advance: stays(resumed, 'MOVED') };
    default:
      return unreachable(resumed);
  }
}

/** The refund failed for good, and nothing else is under way that could move the money. A sale keeps its money. */
function refundIsLost(saga: Saga): boolean {
  if (!isRefundFailure(saga.attention) || (saga.step === 'ENDED' && saga.as === 'SOLD')) return false;
  const asked = saga.commands.filter(({ type }) => type === 'RefundPayment');
  return asked.length > 0 && !saga.commands.some((command) => isPaymentCommand(command.type) && isOutstanding(command));
}
