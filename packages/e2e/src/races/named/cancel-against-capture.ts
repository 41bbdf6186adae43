import { setTimeout as pause } from 'node:timers/promises';
import type { Token } from '@tally/payment-simulator';
import { otherGateway } from '../../harness/buyers.ts';
import { callOff, checkOut } from '../checkout.ts';
import { fatesOf, untilEnded } from '../fates.ts';
import { obstaclesInWords, type Obstacles } from '../persist.ts';
import type { Race } from '../stage.ts';

const cards: readonly [Token, ...Token[]] = ['tok_ok', 'tok_ok', 'tok_captures_at_once', 'tok_capture_timeout_after', 'tok_timeout_after'];
const withinMs = 700;

/** A cancel at the other gateway while the money is on its way: who is told that it is called off keeps the money, and no money is held besides. */
export const cancelAgainstCapture: Race = async ({ staff, scale, sql, simulator, buyers, history, random, say }) => {
  const title = `cancel against capture, ${String(scale.orders)} orders`;
  say(title);
  const { variants } = await staff.createProduct({ title: 'Cancelled or captured', stock: [scale.orders] });
  const variantId = variants[0]?.id ?? '';
  const obstacles: Obstacles = new Map();
  const crowd = await buyers.gather(scale.orders);
  const moves = crowd.map((buyer) => ({ buyer, card: random.pick(cards), afterMs: random.between(0, withinMs) }));
  const followed = await Promise.all(
    moves.map(async ({ buyer, card, afterMs }) => {
      const paymentMethodId = await buyer.card(card);
      const { payload } = await checkOut(buyer, { lines: [{ variantId, quantity: 1 }], paymentMethodId }, { history, obstacles });
      const orderId = payload?.order?.id ?? '';
      await pause(afterMs);
      return { orderId, calledOff: await callOff({ ...buyer, home: otherGateway(buyer.home) }, orderId, { obstacles }) };
    }),
  );
  const faults = [...(await untilEnded(sql))];
  const statusOf = new Map((await fatesOf(sql, [variantId])).map(({ id, status }) => [id, status]));
  const counts = { voids: 0, refunds: 0, kept: 0 };
  for (const { orderId, calledOff } of followed) {
    const status = statusOf.get(orderId);
    if (calledOff === null || status !== (calledOff ? 'CANCELLED' : 'PROCESSING'))
      faults.push(
        `${orderId} is ${String(status)}, its cancel was ${calledOff === null ? 'not answered' : calledOff ? 'granted' : 'refused'}`,
      );
    const ledger = (await simulator.ledger(orderId)).filter(({ outcome }) => outcome === 'succeeded');
    const sum = (operation: string): number =>
      ledger.filter((entry) => entry.operation === operation).reduce((all, { amount }) => all + amount, 0);
    const held = sum('capture') - sum('refund');
    if (calledOff === true && held !== 0) faults.push(`${orderId} was called off and the provider holds ${String(held)}`);
    if (ledger.filter(({ operation }) => operation === 'capture').length > 1) faults.push(`${orderId} was captured more than once`);
    if (ledger.some(({ operation }) => operation === 'void')) counts.voids += 1;
    if (ledger.some(({ operation }) => operation === 'refund')) counts.refunds += 1;
    if (calledOff === false) counts.kept += 1;
  }
  if (counts.voids + counts.refunds === 0) faults.push('no cancel met money');
  return {
    title,
    figures: [
      `called off before the money ${String(followed.length - counts.voids - counts.refunds - counts.kept)}, voided ${String(counts.voids)}, refunded ${String(counts.refunds)}, too late ${String(counts.kept)}; asked again because of: ${obstaclesInWords(obstacles)}`,
    ],
    faults,
  };
};
