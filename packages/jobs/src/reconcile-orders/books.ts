import type { ProviderAccount } from '@tally/audit';

/** An order as orders has it, at rest. Minor units. */
export interface OrderBook {
  readonly status: string;
  readonly total: number;
}

/** Its money as payments has it. Minor units; `recorded` is the sum of refunds that succeeded. */
export interface PaymentBook {
  readonly status: string;
  readonly captured: number;
  readonly refunded: number;
  readonly recorded: number;
}

const standing: readonly string[] = ['CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED'];

/**
 * What the books say differently about an order at rest; empty when they agree.
 *
 * @param payment `null`: payments does not know the order.
 * @param provider `null`: nobody gave the provider's books.
 */
export function differences(order: OrderBook, payment: PaymentBook | null, provider: ProviderAccount | null): readonly string[] {
  const { captured, refunded, recorded } = payment ?? { captured: 0, refunded: 0, recorded: 0 };
  const owed = standing.includes(order.status) ? order.total - recorded : 0;
  const found: string[] = [];
  if (captured - refunded !== owed) found.push(`${order.status} and owes ${String(owed)}, payments holds ${String(captured - refunded)}`);
  if (refunded !== recorded) found.push(`payments gave ${String(refunded)} back and has refunds of ${String(recorded)}`);
  if (payment !== null && ['AUTHORISED', 'PENDING', 'REQUIRES_ACTION', 'IN_DOUBT'].includes(payment.status))
    found.push(`${order.status} at rest, its payment is ${payment.status}`);
  if (provider === null) return found;
  if (provider.captured !== captured || provider.refunded !== refunded) {
    found.push(
      `payments has ${String(captured)} captured and ${String(refunded)} refunded, the provider ${String(provider.captured)} and ${String(provider.refunded)}`,
    );
  }
  if (provider.captures > 1) found.push(`the provider captured ${String(provider.captures)} times`);
  found.push(...provider.open.map((authorisation) => `the provider still holds authorisation ${authorisation}`));
  return found;
}
