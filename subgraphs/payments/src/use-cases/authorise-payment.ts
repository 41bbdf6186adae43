import type { Id, Money } from '@tally/kernel';
import { carriedTrace } from '../telemetry.ts';
import { takeCommand, type Received, type TakeCommandDeps } from './take-command.ts';

export interface AuthorisePayment extends Received {
  readonly buyerId: Id<'usr'>;
  readonly amount: Money;
  /** Null: the buyer's default. */
  readonly paymentMethodId: Id<'pm'> | null;
  readonly deadlineAt: Date;
}

/** Opens the payment of an order. Whether and how it is authorised, the worker finds out. */
export function createAuthorisePayment(deps: TakeCommandDeps & { readonly provider: string }) {
  return function authorisePayment(command: AuthorisePayment): Promise<void> {
    const { eventId: _, ...row } = command;
    return takeCommand(deps, 'AUTHORISE', command, async ({ commands }) => {
      await commands.authorise({ ...row, provider: deps.provider, trace: carriedTrace() });
      return true;
    });
  };
}
