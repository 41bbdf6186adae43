import { UnreadableEventError } from '@tally/events';
import { PoisonEventError } from '../consumer.ts';
import { classifyDatabaseError } from '../database-errors.ts';
import { unreachable } from '@tally/kernel';

/**
 * What a handler's error says about its event. `poison`: never, park it at once. `wait`: not the event's fault, try again for as long as it takes.
 * `count`: perhaps the event's fault, try again a few times, then park it.
 */
export type FailureKind = 'poison' | 'wait' | 'count';

/** Judges a handler's error. A dependency that is down never makes a dead letter (docs/reliability.md, consumers). */
export function judgeFailure(error: unknown): FailureKind {
  if (error instanceof PoisonEventError || error instanceof UnreadableEventError) return 'poison';
  const databaseClass = classifyDatabaseError(error);
  switch (databaseClass) {
    case 'retry':
    case 'busy':
    case 'reconnect':
    case 'shed':
      return 'wait';
    case 'result':
    case 'fault':
      return isRetryable(error) ? 'wait' : 'count';
    default:
      return unreachable(databaseClass);
  }
}

const isRetryable = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true;

/** Class and text of an error, as they are kept with a letter; text at most 2,000 characters. */
export function describeFailure(error: unknown): { readonly errorClass: string; readonly text: string } {
  const text = error instanceof Error ? error.message : String(error);
  return { errorClass: error instanceof Error ? error.name : typeof error, text: text.replaceAll('\0', '').toWellFormed().slice(0, 2000) };
}
