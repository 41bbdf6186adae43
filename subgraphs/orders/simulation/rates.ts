import { money } from '@tally/kernel';
import type { Rates } from '../src/domain/pricing.ts';

const country = 'DE';
const validFrom = new Date('2021-01-01T00:00:00Z');

/** What a delivery to Germany costs and contains: rows of the first migration. */
export const simulatedRates: Rates = {
  tax: [
    { country, taxClass: 'STANDARD', validFrom, rateBp: 1_900 },
    { country, taxClass: 'REDUCED', validFrom, rateBp: 700 },
    { country, taxClass: 'ZERO', validFrom, rateBp: 0 },
  ],
  shipping: [{ country, method: 'STANDARD', base: money(490, 'EUR'), perKg: money(40, 'EUR'), freeOver: money(5_000, 'EUR') }],
};
