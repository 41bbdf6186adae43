/** Somebody who looks after the shop: who they are on record, and what they may. */
export interface Operator {
  readonly id: string;
  readonly scopes: readonly string[];
}

/** Sees what is in doubt. */
export const maySeeTrouble = ({ scopes }: Operator): boolean => scopes.includes('operations:read');

/** Steps in. */
export const mayOperate = ({ scopes }: Operator): boolean => scopes.includes('operations:write');

/** Why an intervention does nothing. */
export type InterventionProblem =
  | { readonly code: 'INVALID' | 'NOT_FOUND' | 'CONFLICT'; readonly message: string; readonly field: string }
  | { readonly code: 'FORBIDDEN' | 'IDEMPOTENCY_KEY_REUSED' };

/** The id in the input names no payment. */
export const noSuchPayment: InterventionProblem = { code: 'NOT_FOUND', message: 'There is no such payment.', field: 'paymentId' };

/** There is nothing to find out. */
export const notInDoubt: InterventionProblem = { code: 'CONFLICT', message: 'Nothing of this payment is in doubt.', field: 'paymentId' };
