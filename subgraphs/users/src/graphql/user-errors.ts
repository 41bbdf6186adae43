import { unreachable } from '@tally/kernel';
import type { Refusal } from '../domain/refusals.ts';
import type { ErrorCode } from '../generated/resolvers.ts';

/** A member of `userErrors` as its resolvers get it. */
export interface UserErrorModel {
  readonly __typename: 'BasicError' | 'RateLimitedError';
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: readonly string[] | null;
  /** Milliseconds; 0 unless it is a `RateLimitedError`. */
  readonly retryAfterMs: number;
}

const basic = (code: ErrorCode, message: string, field: readonly string[] | null = null): UserErrorModel => ({
  __typename: 'BasicError',
  code,
  message,
  field,
  retryAfterMs: 0,
});

/** The one place where refusals of users meet the wire. A field is named by its path within `input`, or by its own name where it is an argument itself. */
export function toUserErrors(refusal: Refusal): UserErrorModel[] {
  switch (refusal.kind) {
    case 'INVALID':
      return [basic('INVALID', refusal.message, [refusal.field])];
    case 'NOT_FOUND':
      return [basic('NOT_FOUND', 'Not found.', [refusal.field])];
    case 'EMAIL_TAKEN':
      return [basic('EMAIL_TAKEN', 'An account with this address exists. Sign in instead.', ['email'])];
    case 'WEAK_PASSWORD':
      return [basic('WEAK_PASSWORD', refusal.message, ['password'])];
    case 'BAD_CREDENTIALS':
      return [basic('BAD_CREDENTIALS', 'Address or password is wrong.')];
    case 'RATE_LIMITED':
      return [
        {
          ...basic('RATE_LIMITED', 'Too many attempts. Wait a moment.'),
          __typename: 'RateLimitedError',
          retryAfterMs: Math.ceil(refusal.retryAfterMs),
        },
      ];
    case 'SESSION_REVOKED':
      return [basic('SESSION_REVOKED', 'This session has ended. Sign in again.', ['refreshToken'])];
    default:
      return unreachable(refusal);
  }
}
