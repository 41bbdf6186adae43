import type { Id } from '@tally/kernel';
import type { WakeChannel } from '@tally/messaging';
import type { Settlements } from '../../ports/settlements.ts';

/** Settlements over a wake channel: a lost announcement costs the waiter its pause, never the outcome. */
export function createSettlements(channel: Pick<WakeChannel, 'signal' | 'listen'>): Settlements {
  return {
    announce(orderId: Id<'ord'>) {
      channel.signal(orderId);
    },
    expect(orderId: Id<'ord'>) {
      let heard = false;
      let wake: (() => void) | undefined;
      const listener = channel.listen((subject) => {
        // Without a subject it may have been any order.
        if (subject !== null && subject !== orderId) return;
        heard = true;
        wake?.();
      });
      return {
        async next(ms) {
          if (!heard) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, ms);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          }
          heard = false;
          wake = undefined;
        },
        [Symbol.dispose]() {
          listener[Symbol.dispose]();
        },
      };
    },
  };
}
