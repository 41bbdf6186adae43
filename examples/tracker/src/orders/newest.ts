import type { OrderNow } from './documents.ts';

/** Of what is kept and what was told the newer: an answer that was slow may come after the event that overtook it, and is kept all the same. */
export const newest = <Kept extends OrderNow>(kept: Kept, told: OrderNow | null): Kept =>
  told !== null && told.id === kept.id && told.sequence > kept.sequence ? { ...kept, ...told } : kept;

/** The newer of two tellings; a later one of the same step has seen more. */
export const later = (known: OrderNow | null, told: OrderNow | null): OrderNow | null =>
  told === null || (known !== null && known.sequence > told.sequence) ? known : told;
