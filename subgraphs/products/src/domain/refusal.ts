/** Why the business says no to a change of the catalogue or of stock. `field` is the path within the mutation's input. */
export type Refusal =
  | { readonly kind: 'invalid'; readonly field: readonly string[]; readonly message: string }
  | { readonly kind: 'not-found'; readonly field: readonly string[]; readonly message: string }
  | { readonly kind: 'conflict'; readonly field: readonly string[]; readonly message: string }
  | { readonly kind: 'insufficient-stock'; readonly field: readonly string[]; readonly available: number }
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'in-progress' };

/** A value that no rule allows. */
export const invalid = (message: string, ...field: readonly string[]): Refusal => ({ kind: 'invalid', field, message });
