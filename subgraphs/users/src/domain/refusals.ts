/** Everything the business may refuse here; `field` is the input field at fault. */
export type Refusal =
  | { readonly kind: 'INVALID'; readonly field: string; readonly message: string }
  | { readonly kind: 'NOT_FOUND'; readonly field: string }
  | { readonly kind: 'EMAIL_TAKEN' }
  | { readonly kind: 'WEAK_PASSWORD'; readonly message: string }
  | { readonly kind: 'BAD_CREDENTIALS' }
  | { readonly kind: 'RATE_LIMITED'; readonly retryAfterMs: number }
  | { readonly kind: 'SESSION_REVOKED' };
