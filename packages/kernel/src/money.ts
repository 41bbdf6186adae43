/**
 * An amount in minor units (cents, yen) of one currency. Always a safe integer: `|amount| <= maxMinorUnits`. Never a float, never converted.
 * `currency` is an ISO 4217 code.
 */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Largest amount the API carries, 2^53 - 1 minor units: JSON numbers stay exact up to here (RFC 8259 §6). */
export const maxMinorUnits = Number.MAX_SAFE_INTEGER;

/** ISO 4217 minor-unit exponents that are not 2. */
const exponents: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** How many decimals a person expects to see: 2 unless ISO 4217 says otherwise. */
export const fractionDigits = (currency: string): number => exponents[currency] ?? 2;

/**
 * Makes an amount.
 *
 * @throws {RangeError} `amount` is no safe integer, or `currency` is not three capital letters. Not retryable: a bug or unparsed input.
 */
export function money(amount: number, currency: string): Money {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not an amount in minor units: ${String(amount)}`);
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`not a currency code: ${currency}`);
  return { amount: amount === 0 ? 0 : amount, currency };
}

/** Nothing, in a currency. */
export const zero = (currency: string): Money => money(0, currency);

/** @throws {RangeError} the currencies differ, or the sum is no safe integer. */
export const addMoney = (left: Money, right: Money): Money => money(left.amount + sameCurrency(left, right), left.currency);

/** @throws {RangeError} the currencies differ, or the difference is no safe integer. */
export const subtractMoney = (left: Money, right: Money): Money => money(left.amount - sameCurrency(left, right), left.currency);

/** @throws {RangeError} `quantity` is no integer, or the product is no safe integer. */
export function multiplyMoney(price: Money, quantity: number): Money {
  if (!Number.isSafeInteger(quantity)) throw new RangeError(`not a quantity: ${String(quantity)}`);
  return money(price.amount * quantity, price.currency);
}

/** Adds all; an empty list is zero of `currency`. @throws {RangeError} as `addMoney`. */
export const sumMoney = (amounts: readonly Money[], currency: string): Money => amounts.reduce(addMoney, zero(currency));

/** Negative, zero or positive, as `Array.sort` wants it. @throws {RangeError} the currencies differ. */
export const compareMoney = (left: Money, right: Money): number => left.amount - sameCurrency(left, right);

/**
 * The part `numerator / denominator` of an amount, rounded half to even, exact for all safe integers (computed in BigInt).
 *
 * @throws {RangeError} `denominator` is not positive, or either is no integer.
 */
export function shareOf(whole: Money, numerator: number, denominator: number): Money {
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || denominator <= 0) throw new RangeError('not a share');
  const product = BigInt(whole.amount) * BigInt(numerator);
  const divisor = BigInt(denominator);
  const magnitude = product < 0n ? -product : product;
  const quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * 2n;
  const rounded = twice > divisor || (twice === divisor && quotient % 2n === 1n) ? quotient + 1n : quotient;
  return money(Number(product < 0n ? -rounded : rounded), whole.currency);
}

function sameCurrency(left: Money, right: Money): number {
  if (left.currency !== right.currency) throw new RangeError(`${left.currency} and ${right.currency} do not mix`);
  return right.amount;
}
