import { fractionDigits, type Money } from '@tally/kernel';

/** How amounts and moments are written for one reader. */
export interface LocalFormat {
  readonly money: (amount: Money) => string;
  readonly moment: (at: Date) => string;
}

/** A locale that is malformed or unknown is `en`. */
export function localFormat(wanted: string): LocalFormat {
  const locale = knownLocale(wanted);
  const currencies = new Map<string, Intl.NumberFormat>();
  return {
    money({ amount, currency }) {
      const format = currencies.get(currency) ?? inCurrency(locale, currency);
      currencies.set(currency, format);
      return format.format(decimal(amount, fractionDigits(currency)));
    },
    moment(at) {
      const format = new Intl.DateTimeFormat(englishOf(locale), {
        dateStyle: 'long',
        timeStyle: 'short',
        hourCycle: 'h23',
        timeZone: 'UTC',
      });
      return `${format.format(at)}\u00a0UTC`;
    },
  };
}

function knownLocale(wanted: string): string {
  try {
    // The base name leaves out extensions, which could ask for another calendar or other digits.
    return Intl.NumberFormat.supportedLocalesOf(new Intl.Locale(wanted).baseName)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** A date has words in it: they are in the language of the mail, in the order of the reader's country. */
const englishOf = (locale: string): string => `en-${new Intl.Locale(locale).maximize().region ?? 'US'}`;

function inCurrency(locale: string, currency: string): Intl.NumberFormat {
  const digits = fractionDigits(currency); // Intl knows the digits in use, which are fewer for some currencies than those we count in.
  return new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Text, since a float cannot hold every amount. */
function decimal(minorUnits: number, digits: number): Intl.StringNumericLiteral {
  const units = String(Math.abs(minorUnits)).padStart(digits + 1, '0');
  const point = units.length - digits;
  const sign = minorUnits < 0 ? '-' : '';
  return `${sign}${units.slice(0, point)}.${units.slice(point)}0` as Intl.StringNumericLiteral;
}
