import type { Id, Money } from '@tally/kernel';
import type { OrderStatus } from './order.ts';

/** Path of the input field at fault. */
export type FieldPath = readonly string[];

/** Why the business says no. Nothing has changed. */
export type Refusal =
  | { readonly kind: 'INVALID'; readonly message: string; readonly field: FieldPath }
  | { readonly kind: 'NOT_FOUND'; readonly message: string; readonly field: FieldPath }
  | { readonly kind: 'FORBIDDEN'; readonly message: string; readonly field: FieldPath }
  | { readonly kind: 'CONFLICT'; readonly message: string; readonly field: FieldPath }
  | { readonly kind: 'IDEMPOTENCY_KEY_REUSED' }
  | { readonly kind: 'NOT_SELLABLE'; readonly variantId: Id<'var'>; readonly field: FieldPath }
  | { readonly kind: 'EMPTY_CART'; readonly field: FieldPath }
  | { readonly kind: 'PRICE_CHANGED'; readonly expected: Money; readonly actual: Money }
  | { readonly kind: 'ILLEGAL_TRANSITION'; readonly from: OrderStatus; readonly to: OrderStatus };

/** At least one reason; a request is told everything that is wrong with it at once. */
export type Refusals = readonly Refusal[];

export const invalid = (message: string, ...field: readonly string[]): Refusal => ({ kind: 'INVALID', message, field });

export const notFound = (message: string, ...field: readonly string[]): Refusal => ({ kind: 'NOT_FOUND', message, field });

export const conflict = (message: string, ...field: readonly string[]): Refusal => ({ kind: 'CONFLICT', message, field });
