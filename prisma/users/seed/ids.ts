import { createHash } from 'node:crypto';
import { createIdFactory, type Id, type IdPrefix } from '@tally/kernel';

/** The moment the first account was opened; everything seeded carries times from then on. */
export const openedAt = Date.UTC(2026, 0, 5, 8);

/** The id of row `index` of a kind: a UUIDv7 like any other, the same in every run. */
export function seedId<P extends IdPrefix>(prefix: P, kind: string, index: number): Id<P> {
  const digest = createHash('sha256')
    .update(`id ${kind} ${String(index)}`)
    .digest();
  return createIdFactory(
    () => openedAt + index,
    () => digest,
  ).newId(prefix);
}

/** A whole number from 0 up to, not including, `below`, that depends on a name and a number alone. */
export const chance = (kind: string, index: number, below: number): number =>
  createHash('sha256')
    .update(`${kind} ${String(index)}`)
    .digest()
    .readUInt32LE() % below;
