import { PoisonEventError } from '@tally/messaging';
import { UnknownPaymentError } from '../use-cases/take-command.ts';

/** A command without a payment will not get one by waiting: its key is parked at once. */
export function asPoison(error: unknown): never {
  if (error instanceof UnknownPaymentError) throw new PoisonEventError(error.message, { cause: error });
  throw error;
}
