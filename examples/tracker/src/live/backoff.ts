const firstMs = 400;
const longestMs = 15_000;

/**
 * How long to stay away after a connection broke: doubles with each failure, and is spread so that a shop that comes back is not asked by everybody at once.
 *
 * @param failures before this one, from 0.
 * @param chance from 0 to 1.
 */
export const backoffMs = (failures: number, chance: number): number => Math.min(longestMs, firstMs * 2 ** failures) * (0.5 + chance / 2);
