import { isSold, type Fate, type Stock } from './fates.ts';

/** Somebody of a crowd: what was meant, and what came of it as far as the client knows. */
export interface FollowedBuyer {
  readonly number: number;
  /** `null`: no order was placed, or no answer said so. */
  readonly orderId: string | null;
  readonly declined: boolean;
  /** Whether the buyer cancels after a while; and whether that was granted, `null`: nobody said. */
  readonly cancels: boolean;
  readonly calledOff: boolean | null;
}

/** Units of all these orders together. */
export const unitsOf = (fates: readonly Fate[]): number => fates.reduce((sum, { units }) => sum + units, 0);

/** What the crowd was told beside what the tables hold. */
export function judgeCrowd(seen: {
  readonly units: number;
  readonly followed: readonly FollowedBuyer[];
  readonly fates: readonly Fate[];
  readonly stock: Stock;
}): { readonly faults: string[]; readonly figures: readonly string[] } {
  const { units, followed, fates, stock } = seen;
  const statusOf = new Map(fates.map(({ id, status }) => [id, status]));
  const faults: string[] = [];
  for (const { number, orderId, declined, cancels, calledOff } of followed) {
    if (orderId === null) {
      faults.push(`buyer ${String(number)} got no order`);
      continue;
    }
    const status = statusOf.get(orderId);
    const may = ['REJECTED', ...(declined ? ['PAYMENT_FAILED'] : ['PROCESSING']), ...(cancels ? ['CANCELLED'] : [])];
    if (status === undefined || !may.includes(status)) faults.push(`${orderId} is ${String(status)}, may be ${may.join(' or ')}`);
    if (calledOff === true && status === 'PROCESSING') faults.push(`${orderId} was called off and is ${status}`);
    if (calledOff === false && status === 'CANCELLED') faults.push(`${orderId} could not be called off and is ${status}`);
  }
  const sold = unitsOf(fates.filter(isSold));
  if (stock.reserved !== 0) faults.push(`${String(stock.reserved)} units are still reserved`);
  if (sold + stock.available !== units)
    faults.push(`${String(sold)} sold and ${String(stock.available)} available are not the ${String(units)} there were`);
  if (fates.length !== followed.length) faults.push(`${String(followed.length)} buyers have ${String(fates.length)} orders`);
  const count = (status: string): string => String(fates.filter((fate) => fate.status === status).length);
  return {
    faults,
    figures: [
      `orders ${String(fates.length)}: sold ${count('PROCESSING')}, rejected ${count('REJECTED')}, declined ${count('PAYMENT_FAILED')}, cancelled ${count('CANCELLED')}; units sold ${String(sold)}, left ${String(stock.available)}`,
    ],
  };
}
