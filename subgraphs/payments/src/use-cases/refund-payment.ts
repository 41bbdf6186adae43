import type { Id, Money } from '@tally/kernel';
import { carriedTrace } from '../telemetry.ts';
import { takeCommand, type Received, type TakeCommandDeps } from './take-command.ts';

export interface RefundPayment extends Received {
  readonly refundId: Id<'ref'>;
  readonly amount: Money;
  readonly reason: string;
}

/** Queues a refund. @param deps.giveUpMs after that long a refund that was certainly not made has failed. */
export function createRefundPayment(deps: TakeCommandDeps & { readonly giveUpMs: number }) {
  return function refundPayment(command: RefundPayment): Promise<void> {
    const { eventId: _, ...row } = command;
    return takeCommand(deps, 'REFUND', command, ({ commands }) => commands.refund({ ...row, trace: carriedTrace() }, deps.giveUpMs));
  };
}
