import type { Shopper } from '../src/client/shopper.ts';
import type { Staff } from '../src/client/staff.ts';

/** Variants: one that is there for everybody, and one of which there is a single unit. */
export interface Wares {
  readonly plenty: string;
  readonly last: string;
}

/** What becomes of an order; its steps follow by themselves, or from what people do. */
export interface Fate {
  readonly card: string;
  readonly ware: keyof Wares;
  readonly quantity: number;
  /** The status after which nothing follows. */
  readonly until: string;
  /** Templates of what its buyer is told. */
  readonly notifications: readonly string[];
  readonly happens?: (scene: { readonly shopper: Shopper; readonly staff: Staff; readonly orderId: string }) => Promise<void>;
}

export type FateName = 'delivered' | 'deliveredLate' | 'declined' | 'rejected' | 'cancelled';

const delivered: Fate = {
  card: 'tok_ok',
  ware: 'plenty',
  quantity: 1,
  until: 'DELIVERED',
  notifications: ['ORDER_CONFIRMED', 'ORDER_SHIPPED', 'ORDER_DELIVERED'],
  async happens({ shopper, staff, orderId }) {
    const { lines } = await shopper.until(orderId, 'PROCESSING');
    await staff.deliver(
      orderId,
      lines.map(({ id }) => id),
    );
  },
};

export const fates: Readonly<Record<FateName, Fate>> = {
  delivered,
  deliveredLate: { ...delivered, card: 'tok_slow_3s' },
  declined: { card: 'tok_declined', ware: 'plenty', quantity: 1, until: 'PAYMENT_FAILED', notifications: ['PAYMENT_FAILED'] },
  rejected: { card: 'tok_ok', ware: 'last', quantity: 2, until: 'REJECTED', notifications: [] },
  cancelled: {
    card: 'tok_ok',
    ware: 'plenty',
    quantity: 1,
    until: 'CANCELLED',
    notifications: ['ORDER_CONFIRMED', 'REFUNDED'],
    async happens({ shopper, orderId }) {
      await shopper.until(orderId, 'PROCESSING');
      await shopper.cancel(orderId);
    },
  },
};
