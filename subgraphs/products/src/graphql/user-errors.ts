import { unreachable } from '@tally/kernel';
import { IdempotencyInProgressError } from '@tally/subgraph-kit';
import type { Refusal } from '../domain/refusal.ts';
import type { ErrorCode } from '../generated/resolvers.ts';

/** A refusal as the graph shows it. */
export interface PresentedError {
  readonly __typename: 'BasicError';
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: string[] | null;
}

/** Every refusal of a mutation, in the order found. */
export const toUserErrors = (refusals: readonly Refusal[]): PresentedError[] => refusals.map(toUserError);

function toUserError(refusal: Refusal): PresentedError {
  switch (refusal.kind) {
    case 'invalid':
      return presented('INVALID', refusal.message, refusal.field);
    case 'not-found':
      return presented('NOT_FOUND', refusal.message, refusal.field);
    case 'conflict':
      return presented('CONFLICT', refusal.message, refusal.field);
    case 'insufficient-stock':
      return presented('INSUFFICIENT_STOCK', `Only ${refusal.available} available.`, refusal.field);
    case 'key-reused':
      return presented('IDEMPOTENCY_KEY_REUSED', 'This key stands for another request.', ['idempotencyKey']);
    case 'in-progress':
      return presented('IDEMPOTENCY_IN_PROGRESS', 'A request with this key is under way: ask again in a moment.', ['idempotencyKey']);
    default:
      return unreachable(refusal);
  }
}

const presented = (code: ErrorCode, message: string, field: readonly string[]): PresentedError => ({
  __typename: 'BasicError',
  code,
  message,
  field: field.length === 0 ? null : [...field],
});

/** The kit throws what is an answer here: another request holds the key. */
export async function orInProgress<T>(answer: Promise<T>, inProgress: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof IdempotencyInProgressError) return inProgress;
    throw error;
  }
}
