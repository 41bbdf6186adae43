import { maxMinorUnits, money } from '@tally/kernel';
import { expect, test } from 'vitest';
import { localFormat } from './local-format.ts';

/** No-break spaces of any width are spaces here. */
const spaced = (text: string): string => text.replaceAll(/\s/g, ' ');
const written = (locale: string, amount: number, currency: string): string => spaced(localFormat(locale).money(money(amount, currency)));

test('an amount is written as the reader writes it', () => {
  expect(written('en', 123_456, 'EUR')).toBe('€1,234.56');
  expect(written('de-DE', 123_456, 'EUR')).toBe('1.234,56 €');
  expect(written('fr', 123_456, 'EUR')).toBe('1 234,56 €');
  expect(written('en', -5, 'EUR')).toBe('-€0.05');
});

test('an amount has the decimals of its currency, not those of its locale', () => {
  expect(written('en', 1_234, 'JPY')).toBe('¥1,234');
  expect(written('en', 1_234, 'KWD')).toBe('KWD 1.234');
  expect(written('ar-IQ', 1_234, 'IQD')).toContain('١٫٢٣٤');
  expect(written('en', 0, 'ISK')).toBe('ISK 0');
});

test('the largest amount keeps its last cent', () => {
  expect(written('en', maxMinorUnits, 'EUR')).toBe('€90,071,992,547,409.91');
});

test('a moment is told in UTC and in English words, in the order of the reader', () => {
  const at = new Date('2026-11-21T23:59:59.999Z');
  expect(spaced(localFormat('en').moment(at))).toBe('November 21, 2026 at 23:59 UTC');
  expect(spaced(localFormat('de').moment(at))).toBe('21 November 2026 at 23:59 UTC');
  expect(spaced(localFormat('en-GB').moment(at))).toBe('21 November 2026 at 23:59 UTC');
});

test.each(['', 'xx', 'no such locale', 'en_US', '../etc', '\u0000', 'tlh', 'en-u-ca-buddhist-nu-arab'])(
  'the locale %j is read as English',
  (locale) => {
    expect(written(locale, 123_456, 'EUR')).toBe('€1,234.56');
    expect(spaced(localFormat(locale).moment(new Date(0)))).toBe('January 1, 1970 at 00:00 UTC');
  },
);
