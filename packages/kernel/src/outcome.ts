/**
 * What an operation answers that the business may refuse. A refusal is data for the caller, never thrown; faults are thrown, never returned.
 * There are no combinators on purpose: `if (!outcome.ok) return outcome`.
 */
export type Outcome<T, Refusal> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** The operation happened. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** The business said no; nothing changed unless the refusal itself is on record. */
export const refuse = <Refusal>(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal });
