/** An amount in minor units: 1499 EUR with 2 digits is €14.99. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
  readonly fractionDigits: number;
}

/** As people write it where they are. @param locale absent: that of the browser. */
export const formatMoney = ({ amount, currency, fractionDigits }: Money, locale?: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: fractionDigits,
    maximumFractionDigits: fractionDigits,
  }).format(amount / 10 ** fractionDigits);

export const formatCount = (count: number): string => new Intl.NumberFormat().format(count);
