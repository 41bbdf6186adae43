import { eventually, openSql } from '@tally/testkit';
import type { Buyer } from '../buyers.ts';
import { checkOut } from '../checkout.ts';
import { authorisationsBegun, fatesOf, isSold, runOutOfTime, stockOf, untilEnded } from '../fates.ts';
import type { Race, Stage } from '../stage.ts';

/** How the provider answers an authorisation that its buyer stops waiting for. */
interface Silence {
  readonly title: string;
  /** As scripts of the simulator spell it. */
  readonly behaviour: string;
  /** Whether the order runs out of time while the call is under way. */
  readonly deadline: boolean;
  /** The status in which orders end; with a deadline half of them at least, since a yes that comes just before it counts. */
  readonly ends: 'PROCESSING' | 'PAYMENT_FAILED';
}

const startsWithinMs = 20_000;

/** The deadline comes while the provider works: its late yes is voided, and stock is free only then. */
export const deadlineDuringPayment = silence({
  title: 'deadline during payment',
  behaviour: 'delay:4000',
  deadline: true,
  ends: 'PAYMENT_FAILED',
});

/** The call times out and the provider does it all the same: it is found by enquiry and charged once. */
export const lateSuccess = silence({ title: 'timeout, then late success', behaviour: 'late:6000', deadline: false, ends: 'PROCESSING' });

/** Both at once: the yes comes when neither the call nor the order waits any more. */
export const lateSuccessAfterDeadline = silence({
  title: 'timeout, deadline, then late success',
  behaviour: 'late:6000',
  deadline: true,
  ends: 'PAYMENT_FAILED',
});

function silence({ title: what, behaviour, deadline, ends }: Silence): Race {
  return async (stage) => {
    const { staff, scale, sql, simulator, buyers, system, say } = stage;
    const count = Math.ceil(scale.orders / 4);
    const title = `${what}, ${String(count)} orders`;
    say(title);
    const { variants } = await staff.createProduct({ title: what, stock: [count] });
    const variantId = variants[0]?.id ?? '';
    const crowd = await buyers.gather(count, 'tok_ok');
    // Nobody else pays at this moment.
    await simulator.script({ operation: 'authorise', token: 'tok_ok', behaviours: crowd.map(() => behaviour) });
    await using orders = await openSql((await system.urls()).orders.app);
    await Promise.all(
      crowd.map(async (buyer) => {
        const orderId = await place(stage, buyer, variantId);
        if (!deadline) return;
        await eventually(async () => (await authorisationsBegun(sql, [orderId])) > 0, { timeoutMs: startsWithinMs });
        await runOutOfTime(orders, [orderId]);
      }),
    );
    const faults = [...(await untilEnded(sql))];
    await simulator.clearScript();
    const fates = await fatesOf(sql, [variantId]);
    for (const { id, status } of fates) {
      if (status !== ends && (!deadline || status !== 'PROCESSING')) faults.push(`${id} is ${status}, not ${ends}`);
      const ledger = (await simulator.ledger(id)).filter(({ outcome }) => outcome === 'succeeded');
      const done = (operation: string): number => ledger.filter((entry) => entry.operation === operation).length;
      const [authorised, captured, voided] = [done('authorise'), done('capture'), done('void')];
      const wanted = status === 'PROCESSING' ? captured === 1 && voided === 0 : captured === 0 && voided === authorised;
      if (authorised > 1 || !wanted)
        faults.push(`${id} is ${status}: authorised ${String(authorised)}, captured ${String(captured)}, voided ${String(voided)} times`);
    }
    const asMeant = fates.filter(({ status }) => status === ends).length;
    if (asMeant * 2 < count) faults.push(`only ${String(asMeant)} of ${String(count)} ended as ${ends}`);
    const { available, reserved } = await stockOf(sql, variantId);
    const sold = fates.filter(isSold).length;
    if (available !== count - sold || reserved !== 0)
      faults.push(`${String(available)} available, ${String(reserved)} reserved and ${String(sold)} sold of ${String(count)}`);
    return { title, figures: [`${String(asMeant)} of ${String(count)} ended as ${ends}`], faults };
  };
}

async function place({ history }: Stage, buyer: Buyer, variantId: string): Promise<string> {
  const wish = { lines: [{ variantId, quantity: 1 }], paymentMethodId: await buyer.card('tok_ok') };
  const { payload } = await checkOut(buyer, wish, { history, obstacles: new Map() });
  if (payload?.order == null) throw new Error(`a checkout is refused: ${JSON.stringify(payload?.userErrors)}`);
  return payload.order.id;
}
