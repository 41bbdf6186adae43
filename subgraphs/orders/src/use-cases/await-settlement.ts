import { isSettled, type Order } from '../domain/order.ts';
import type { OrderReads } from '../ports/order-reads.ts';
import type { ExpectedSettlement } from '../ports/settlements.ts';

/** Looks at least this often, should an announcement be lost. */
const lookEveryMs = 150;

/** The order once it is sold or certainly not, or as it stands when patience ends. */
export async function awaitSettlement(orders: OrderReads, placed: Order, expected: ExpectedSettlement, patienceMs: number): Promise<Order> {
  const until = performance.now() + patienceMs;
  let order = placed;
  for (let left = patienceMs; left > 0; left = until - performance.now()) {
    await expected.next(Math.min(left, lookEveryMs));
    order = (await orders.byIds([placed.id])).get(placed.id) ?? order;
    if (isSettled(order)) break;
  }
  return order;
}
