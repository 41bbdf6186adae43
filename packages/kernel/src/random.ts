/** Reproducible chance: the same seed gives the same numbers for ever. */
export interface Random {
  /** 0 up to 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** Whether something of this probability, 0 to 1, happens. Draws nothing for 0. */
  chance(probability: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /**
   * Chance of its own for one purpose: what is drawn from it changes nothing here, and the other way round. The same seed and name give the same one,
   * whatever was drawn before.
   */
  fork(name: string): Random;
}

/**
 * A small generator (mulberry32), not for secrets.
 *
 * @param seed any number; taken as a whole number modulo 2^32.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => probability > 0 && next() < probability,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
    fork: (name) => createRandom(hashOf(name, seed >>> 0)),
  };
}

/** FNV-1a over the UTF-16 units of a text, begun with `start`; 32 bits. Spreads names, protects nothing. */
export function hashOf(text: string, start = 0): number {
  let hash = (0x811c9dc5 ^ Math.imul(start, 0x9e3779b1)) >>> 0;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
