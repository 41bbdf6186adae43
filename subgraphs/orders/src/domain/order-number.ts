/**
 * Order numbers that people read out: eight characters of Crockford's base 32, which has no I, L, O or U. A number is a counter behind a bijection of
 * 40 bits, so that it is unique as the counter is and neighbours look unrelated: nobody sees from two of them how much was sold in between.
 *
 * @see https://www.crockford.com/base32.html
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const half = 20n;
const mask = (1n << half) - 1n;
const roundKeys = [0x9e377n, 0x3c6efn, 0xdaa66n, 0x78dden] as const;

// A Feistel network permutes whatever its round function is; this one multiplies, folds and keeps 20 bits.
const mix = (value: bigint, key: bigint): bigint => {
  const product = (value + key) * 0x2545f4914f6cdd1dn;
  return (product ^ (product >> 29n) ^ (product >> 47n)) & mask;
};

/** @throws {RangeError} the counter is not between 0 and 2^40 - 1. */
export function toOrderNumber(counter: bigint): string {
  if (counter < 0n || counter >> (2n * half) !== 0n) throw new RangeError(`no order number for ${String(counter)}`);
  let [left, right] = [counter >> half, counter & mask];
  for (const key of roundKeys) [left, right] = [right, left ^ mix(right, key)];
  return spell((left << half) | right);
}

/** The counter behind a number, hyphens, spaces and lower case allowed; `null` for text that is no number: never throws. */
export function parseOrderNumber(text: string): bigint | null {
  const digits = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (!/^[0-9A-HJKMNP-TV-Z]{8}$/.test(digits)) return null;
  const value = [...digits].reduce((sum, digit) => (sum << 5n) | BigInt(alphabet.indexOf(digit)), 0n);
  let [left, right] = [value >> half, value & mask];
  for (const key of [...roundKeys].reverse()) [left, right] = [right ^ mix(left, key), left];
  return (left << half) | right;
}

function spell(value: bigint): string {
  let text = '';
  for (let shift = 35n; shift >= 0n; shift -= 5n) text += alphabet[Number((value >> shift) & 31n)] ?? '';
  return text;
}
