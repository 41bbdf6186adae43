import { ok, refuse, type Id, type Outcome } from '@tally/kernel';
import type { BuyerEvent, Order, OrderEvent } from '../domain/order.ts';
import type { OrderReads } from '../ports/order-reads.ts';

/** Whoever asks for what follows an event that has not happened has seen another shop. */
export type SequenceAhead = 'SEQUENCE_AHEAD';

/** Events at a time; whoever gets as many asks again. */
const most = 1_000;

/** What a follower missed: the events after a sequence, oldest first; without one the newest alone. */
export function createReplayEvents({ orders }: { readonly orders: OrderReads }) {
  return {
    /** Steps of an order up to where the caller was shown it: step and order agree, and what has come since is told live. */
    async ofOrder({ id, sequence }: Order, afterSequence: number | null): Promise<Outcome<readonly OrderEvent[], SequenceAhead>> {
      const after = afterSequence ?? sequence - 1;
      if (after > sequence) return refuse('SEQUENCE_AHEAD');
      const steps = (await orders.timelinesOf([id], after, most)).get(id) ?? [];
      return ok(steps.filter((step) => step.sequence <= sequence));
    },
    async ofBuyer(buyerId: Id<'usr'>, afterSequence: number | null): Promise<Outcome<readonly BuyerEvent[], SequenceAhead>> {
      const { newest, events } = await orders.streamOf(buyerId, afterSequence, most);
      return afterSequence !== null && afterSequence > newest ? refuse('SEQUENCE_AHEAD') : ok(events);
    },
  };
}
