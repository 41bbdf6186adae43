declare const brand: unique symbol;

/** The number of an event in its keyed stream, from 1, without holes. Made only by `lockedSequence`. */
export type Sequence = number & { readonly [brand]: 'sequence' };

/**
 * Marks the result of a guarded `UPDATE … SET sequence = sequence + 1 … RETURNING sequence`. Whoever calls it states that the row is locked by the
 * open transaction: that lock is what makes the order of events in the outbox the order of the stream (docs/reliability.md, outbox).
 *
 * @throws {RangeError} the number is not a positive integer.
 */
export function lockedSequence(sequence: number | bigint): Sequence {
  const value = Number(sequence);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`not a sequence: ${String(sequence)}`);
  return value as Sequence;
}
