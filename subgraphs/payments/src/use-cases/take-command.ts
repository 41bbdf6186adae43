import { crashPoint, type Id } from '@tally/kernel';
import type { Call } from '../domain/operation.ts';
import type { PaymentsUnit, Transact } from '../ports/transact.ts';
import type { PaymentsTelemetry } from '../telemetry.ts';

export interface TakeCommandDeps {
  readonly transact: Transact;
  readonly telemetry: PaymentsTelemetry;
  /** Rings for the workers of this process. */
  readonly workAdded: (kind: Call) => void;
}

/** A command about the money of an order that has no payment. Never cured by a repeat: the key is parked. */
export class UnknownPaymentError extends Error {
  override readonly name = 'UnknownPaymentError';
  readonly retryable = false;
}

/** What every command of the log brings along. */
export interface Received {
  readonly eventId: Id<'evt'>;
  readonly commandId: Id<'cmd'>;
  readonly orderId: Id<'ord'>;
}

/**
 * Takes one command: inbox row and operation in one transaction, then the worker is woken. Nobody is called, so that the partition goes on with the
 * next order.
 *
 * @param queue one statement; `false` when there is no payment that the command could be about.
 * @throws {UnknownPaymentError} `queue` said so; nothing is kept, not even the inbox row, so that a redrive may find the payment.
 */
export async function takeCommand(
  deps: TakeCommandDeps,
  kind: Call,
  received: Received,
  queue: (unit: PaymentsUnit) => Promise<boolean>,
): Promise<void> {
  const isNew = await deps.transact(async (unit) => {
    if (!(await unit.inbox.firstSight(received.eventId))) return false;
    if (!(await queue(unit))) throw new UnknownPaymentError(`${kind} for an order without a payment`);
    return true;
  });
  crashPoint('payment.command.after');
  if (!isNew) return;
  deps.telemetry.commandTaken(kind, received.orderId);
  deps.workAdded(kind);
}
