import { buy, type Shop } from './workload.ts';

/** Everything that buyers do at once in one round. The mix reaches every crash point but the sweeper's. */
export function mixed(shop: Shop): Promise<unknown> {
  return Promise.all([
    buy(shop, 'tok_ok', 'wait'),
    buy(shop, 'tok_ok', 'wait'),
    buy(shop, 'tok_ok', 'cancel-when-paid'),
    buy(shop, 'tok_ok', 'cancel-at-once'),
    buy(shop, 'tok_declined', 'wait'),
    buy(shop, 'tok_captures_at_once', 'wait'),
    buy(shop, 'tok_slow_3s', 'cancel-at-once'),
    buy(shop, 'tok_timeout_after', 'wait'),
    buy(shop, 'tok_capture_timeout_after', 'wait'),
    buy(shop, 'tok_action_required', 'cancel-at-once'),
    buy(shop, 'tok_void_timeout_after', 'cancel-at-once'),
  ]);
}

/** Mostly good purchases, one after the other on a few lanes, until told to stop: whenever the process dies, some order is under way. */
export async function steady(shop: Shop, stop: AbortSignal, accepted: () => void): Promise<void> {
  const lane = async (): Promise<void> => {
    while (!stop.aborted) {
      const kind = shop.random.pick(['tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_timeout_after', 'tok_captures_at_once'] as const);
      const purchase = await buy(shop, kind, shop.random.next() < 0.1 ? 'cancel-at-once' : 'wait');
      if (purchase.orderId !== null) accepted();
      if (purchase.state === 'info') return;
    }
  };
  await Promise.all([lane(), lane(), lane()]);
}
