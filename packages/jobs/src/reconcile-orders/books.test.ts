import type { ProviderAccount } from '@tally/audit';
import { expect, test } from 'vitest';
import { differences, type OrderBook, type PaymentBook } from './books.ts';

const sold: OrderBook = { status: 'PROCESSING', total: 2_500 };
const cancelled: OrderBook = { status: 'CANCELLED', total: 2_500 };
const paid: PaymentBook = { status: 'CAPTURED', captured: 2_500, refunded: 0, recorded: 0 };
const back: PaymentBook = { status: 'REFUNDED', captured: 2_500, refunded: 2_500, recorded: 2_500 };
const voided: PaymentBook = { status: 'VOIDED', captured: 0, refunded: 0, recorded: 0 };
const books = (change: Partial<ProviderAccount> = {}): ProviderAccount => ({
  captures: 1,
  captured: 2_500,
  refunded: 0,
  open: [],
  ...change,
});

test('books that agree have no difference', () => {
  expect(differences(sold, paid, books())).toEqual([]);
  expect(differences(sold, { ...paid, refunded: 500, recorded: 500, status: 'PARTIALLY_REFUNDED' }, books({ refunded: 500 }))).toEqual([]);
  expect(differences(cancelled, back, books({ refunded: 2_500 }))).toEqual([]);
  expect(differences(cancelled, voided, books({ captures: 0, captured: 0 }))).toEqual([]);
  expect(differences({ status: 'REJECTED', total: 2_500 }, null, books({ captures: 0, captured: 0 }))).toEqual([]);
  expect(differences(sold, paid, null)).toEqual([]);
});

test.each([
  ['a sale that was never paid', sold, voided, null, /owes 2500, payments holds 0/],
  ['a sale that payments does not know', sold, null, null, /owes 2500, payments holds 0/],
  ['a cancelled order that was paid', cancelled, paid, books(), /owes 0, payments holds 2500/],
  ['a refund without a row', cancelled, { ...back, recorded: 0 }, null, /gave 2500 back and has refunds of 0/],
  ['money held for what has ended', cancelled, { ...voided, status: 'AUTHORISED' }, null, /its payment is AUTHORISED/],
  ['another sum at the provider', sold, paid, books({ captured: 2_400 }), /the provider 2400 and 0/],
  ['two charges', sold, paid, books({ captures: 2, captured: 5_000 }), /captured 2 times/],
  ['an open authorisation', sold, paid, books({ open: ['auth_2'] }), /still holds authorisation auth_2/],
] as const)('%s is a difference', (_, order, payment, provider, text) => {
  expect(differences(order, payment, provider).join('; ')).toMatch(text);
});
