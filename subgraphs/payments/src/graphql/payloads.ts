import type { Outcome } from '@tally/kernel';
import type { MethodProblem, PaymentMethod } from '../domain/payment-method.ts';
import type { ErrorCode } from '../generated/resolvers.ts';

/** A member of `userErrors` as its resolvers get it. */
export interface UserErrorModel {
  readonly __typename: 'BasicError';
  readonly code: ErrorCode;
  readonly message: string;
  readonly field: readonly string[] | null;
}

export interface PaymentMethodPayloadModel {
  readonly paymentMethod: PaymentMethod | null;
  readonly userErrors: UserErrorModel[];
}

const refused = (code: ErrorCode, message: string, field: readonly string[]): PaymentMethodPayloadModel => ({
  paymentMethod: null,
  userErrors: [{ __typename: 'BasicError', code, message, field }],
});

/** The id in the input is no id of a payment method. */
export const malformedId = (): PaymentMethodPayloadModel => refused('INVALID', 'This is no id of a payment method.', ['id']);

/** The one place where refusals of payments meet the wire. */
export function toPaymentMethodPayload(outcome: Outcome<PaymentMethod, MethodProblem | 'NOT_FOUND'>): PaymentMethodPayloadModel {
  if (outcome.ok) return { paymentMethod: outcome.value, userErrors: [] };
  const { refusal } = outcome;
  return refusal === 'NOT_FOUND'
    ? refused('NOT_FOUND', 'Not found.', ['id'])
    : refused('INVALID', refusal.message, ['input', refusal.field]);
}
