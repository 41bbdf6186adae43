import {
  maxMinorUnits,
  money,
  multiplyMoney,
  ok,
  refuse,
  shareOf,
  subtractMoney,
  addMoney,
  sumMoney,
  zero,
  type Id,
  type Money,
  type Outcome,
} from '@tally/kernel';

/** What one variant costs now, and what else a checkout has to know of it. */
export interface VariantPrice {
  readonly variantId: Id<'var'>;
  readonly productId: Id<'prod'>;
  readonly sellerId: Id<'sell'>;
  readonly sku: string;
  readonly title: string;
  readonly unitPrice: Money;
  readonly taxClass: string;
  readonly weightGrams: number;
  readonly sellable: boolean;
}

/** Tax contained in prices, in hundredths of a per cent, from a day on. */
export interface TaxRate {
  readonly country: string;
  readonly taxClass: string;
  readonly validFrom: Date;
  readonly rateBp: number;
}

/** What a delivery costs: `base`, `perKg` for each started kilogram, nothing from goods worth `freeOver` on. */
export interface ShippingRate {
  readonly country: string;
  readonly method: string;
  readonly base: Money;
  readonly perKg: Money;
  readonly freeOver: Money | null;
}

export interface Rates {
  readonly tax: readonly TaxRate[];
  readonly shipping: readonly ShippingRate[];
}

export interface PricedLine {
  readonly price: VariantPrice;
  readonly quantity: number;
  readonly lineTotal: Money;
  readonly taxRateBp: number;
  /** Contained in `lineTotal`. */
  readonly tax: Money;
}

export interface Totals {
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly tax: Money;
  readonly discount: Money;
  readonly total: Money;
}

export interface Quote extends Totals {
  readonly lines: readonly PricedLine[];
}

export type PricingRefusal = 'NO_DELIVERY' | 'TOO_LARGE';

const standardMethod = 'STANDARD';

/**
 * What lines cost, delivered to a country on a day: the one place where totals are made. Prices include tax; the part contained is rounded half to
 * even per line, by the newest rate of country and class. Shipping is charged by weight and carries no tax of its own. `discount` is nothing yet.
 *
 * @returns NO_DELIVERY: the country has no rate; TOO_LARGE: the total is beyond 2^53 - 1 minor units.
 */
export function quote(order: {
  readonly lines: readonly { readonly price: VariantPrice; readonly quantity: number }[];
  readonly country: string;
  readonly currency: string;
  readonly rates: Rates;
  readonly on: Date;
}): Outcome<Quote, PricingRefusal> {
  const { country, currency, rates, on } = order;
  const rate = rates.shipping.find(
    (candidate) => candidate.country === country && candidate.method === standardMethod && candidate.base.currency === currency,
  );
  if (rate === undefined) return refuse('NO_DELIVERY');
  const worth = order.lines.reduce((sum, { price, quantity }) => sum + BigInt(price.unitPrice.amount) * BigInt(quantity), 0n);
  const kilograms = Math.ceil(order.lines.reduce((grams, { price, quantity }) => grams + price.weightGrams * quantity, 0) / 1000);
  if (worth + BigInt(rate.base.amount) + BigInt(rate.perKg.amount) * BigInt(kilograms) > BigInt(maxMinorUnits)) return refuse('TOO_LARGE');

  const lines: PricedLine[] = [];
  for (const { price, quantity } of order.lines) {
    const taxRateBp = taxRateOf(rates.tax, country, price.taxClass, on);
    if (taxRateBp === null) return refuse('NO_DELIVERY');
    const lineTotal = multiplyMoney(price.unitPrice, quantity);
    lines.push({ price, quantity, lineTotal, taxRateBp, tax: shareOf(lineTotal, taxRateBp, 10_000 + taxRateBp) });
  }
  const subtotal = sumMoney(
    lines.map(({ lineTotal }) => lineTotal),
    currency,
  );
  const discount = zero(currency);
  const shipping = shippingFor(rate, subtotal, kilograms);
  const tax = sumMoney(
    lines.map((line) => line.tax),
    currency,
  );
  return ok({ lines, subtotal, shipping, tax, discount, total: addMoney(subtractMoney(subtotal, discount), shipping) });
}

function shippingFor(rate: ShippingRate, subtotal: Money, kilograms: number): Money {
  if (rate.freeOver !== null && subtotal.amount >= rate.freeOver.amount) return money(0, subtotal.currency);
  return addMoney(rate.base, multiplyMoney(rate.perKg, kilograms));
}

function taxRateOf(rates: readonly TaxRate[], country: string, taxClass: string, on: Date): number | null {
  let newest: TaxRate | null = null;
  for (const rate of rates) {
    if (rate.country !== country || rate.taxClass !== taxClass || rate.validFrom > on) continue;
    if (newest === null || rate.validFrom > newest.validFrom) newest = rate;
  }
  return newest?.rateBp ?? null;
}
