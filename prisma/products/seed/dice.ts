import { createHash } from 'node:crypto';
import { createIdFactory, type Id, type IdPrefix } from '@tally/kernel';

/** The moment the catalogue was opened; everything seeded carries times from then on. */
export const openedAt = Date.UTC(2026, 0, 5, 8);

/** Chance that depends on a name and a number alone, so that any row can be made without the others. */
export interface Dice {
  /** 0 up to, not including, 1. */
  share(): number;
  /** A whole number, both ends possible. */
  between(least: number, most: number): number;
  pick<T>(from: readonly T[]): T;
  /** A bell curve around 0 with deviation 1. */
  bell(): number;
}

/** Dice of row `index` of a kind of rows. */
export function diceOf(kind: string, index: number): Dice {
  let state = createHash('sha256').update(`${kind} ${index}`).digest().readUInt32LE();
  // mulberry32 (Tommy Ettinger, public domain): 32 bits of state are enough for one row.
  const share = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(share() * (most - least + 1));
  return {
    share,
    between,
    pick<T>(from: readonly T[]): T {
      const picked = from[between(0, from.length - 1)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    // Twelve even shares: as good as a bell, and free of functions that differ in the last digit.
    bell: () => Array.from({ length: 12 }, share).reduce((sum, one) => sum + one, -6),
  };
}

/** The id of row `index` of a kind: a UUIDv7 like any other, the same in every run. */
export function seedId<P extends IdPrefix>(prefix: P, kind: string, index: number): Id<P> {
  const digest = createHash('sha256').update(`id ${kind} ${index}`).digest();
  return createIdFactory(
    () => openedAt + index,
    () => digest,
  ).newId(prefix);
}
