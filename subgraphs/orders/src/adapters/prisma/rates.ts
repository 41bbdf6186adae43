import { money } from '@tally/kernel';
import type { Rates } from '../../domain/pricing.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { ReadRates } from '../../ports/rates.ts';

const freshMs = 60_000;

/** Rates change by migration only, so that one read a minute serves every checkout; parallel readers share it. */
export function createReadRates(client: Pick<PrismaClient, 'taxRate' | 'shippingRate'>): ReadRates {
  let read: { readonly rates: Promise<Rates>; readonly until: number } | undefined;
  return async () => {
    const now = performance.now();
    if (read === undefined || now >= read.until) read = { rates: readAll(client), until: now + freshMs };
    const { rates } = read;
    // What could not be read is asked for again by the next caller.
    rates.catch(() => (read = undefined));
    return rates;
  };
}

async function readAll(client: Pick<PrismaClient, 'taxRate' | 'shippingRate'>): Promise<Rates> {
  const [tax, shipping] = await Promise.all([client.taxRate.findMany(), client.shippingRate.findMany()]);
  return {
    tax,
    shipping: shipping.map(({ country, method, currency, base, perKg, freeOver }) => ({
      country,
      method,
      base: money(Number(base), currency),
      perKg: money(Number(perKg), currency),
      freeOver: freeOver === null ? null : money(Number(freeOver), currency),
    })),
  };
}
