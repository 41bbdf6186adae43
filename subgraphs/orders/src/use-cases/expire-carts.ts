import type { ExpiredCarts } from '../ports/carts-store.ts';
import type { Telemetry } from '../telemetry.ts';

const batch = 500;

/** Removes carts past their day, batch by batch; a cart that an order lives from stays. */
export function createExpireCarts({ expired, telemetry }: { readonly expired: ExpiredCarts; readonly telemetry: Telemetry }) {
  return async function expireCarts(signal: AbortSignal): Promise<void> {
    let removed = batch;
    let total = 0;
    while (removed === batch && !signal.aborted) {
      removed = await expired.remove(batch);
      total += removed;
    }
    if (total > 0) telemetry.cartsExpired(total);
  };
}
