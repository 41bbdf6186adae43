import { toUuid } from '@tally/kernel';
import type { Token } from '@tally/payment-simulator';
import { freshKey } from '@tally/testkit';
import type { Buyer } from './buyers.ts';
import { checkOut } from './checkout.ts';
import { fatesOf, untilEnded } from './fates.ts';
import { obstaclesInWords, persist, type Obstacles } from './persist.ts';
import type { Race } from './stage.ts';

const clicks = 50;

/** Parallel cancels with one key: one of them calls the order off, all are told so, and the money goes back once. */
export const repeatedCancels: Race = async ({ staff, scale, sql, simulator, buyers, history, say }) => {
  const title = `${String(scale.repeats)} × ${String(clicks)} cancels with one key at two gateways`;
  say(title);
  const { variants } = await staff.createProduct({ title: 'Called off', stock: [scale.repeats] });
  const variantId = variants[0]?.id ?? '';
  const obstacles: Obstacles = new Map();
  const faults: string[] = [];
  let refunds = 0;
  for (const [round, buyer] of (await buyers.gather(scale.repeats, 'tok_ok')).entries()) {
    const paymentMethodId = await buyer.card('tok_ok');
    const { payload: placed } = await checkOut(buyer, { lines: [{ variantId, quantity: 1 }], paymentMethodId }, { history, obstacles });
    const orderId = placed?.order?.id ?? '';
    // Every other time once it is paid, else while it is on its way.
    if (round % 2 === 0) await untilEnded(sql);
    const answers = await cancelTogether(buyer, orderId, obstacles);
    const fault = (what: string): void => void faults.push(`round ${String(round + 1)}: ${what}`);
    const refused = answers.filter((payload) => payload === null || payload.userErrors.length > 0 || payload.order === null);
    if (refused.length > 0) fault(`${String(refused.length)} cancels are answered ${JSON.stringify(refused[0])}`);
    const first = answers.filter((payload) => payload?.replayed === false).length;
    if (first !== 1) fault(`${String(first)} cancels claim to have called the order off`);
    const open = await untilEnded(sql);
    if (open.length > 0) fault(open.join());
    const fate = (await fatesOf(sql, [variantId])).find(({ id }) => id === orderId)?.status;
    if (fate !== 'CANCELLED') fault(`the order is ${String(fate)}`);
    const ledger = (await simulator.ledger(orderId)).filter(({ outcome }) => outcome === 'succeeded');
    const given = ledger.filter(({ operation }) => operation === 'refund' || operation === 'void').length;
    const captured = ledger.filter(({ operation }) => operation === 'capture').length;
    refunds += ledger.filter(({ operation }) => operation === 'refund').length;
    if (given > 1 || captured > 1) fault(`the provider gave back ${String(given)} times and captured ${String(captured)} times`);
  }
  if (refunds === 0) faults.push('no cancel came after the money');
  return { title, figures: [`refunds ${String(refunds)}; asked again because of: ${obstaclesInWords(obstacles)}`], faults };
};

const cancelTogether = (buyer: Buyer, orderId: string, obstacles: Obstacles) => {
  const input = { orderId, reason: 'CUSTOMER', idempotencyKey: freshKey('cancel') };
  return Promise.all(
    Array.from({ length: clicks }, async (_, index) => {
      const ask = (gateway: 0 | 1) => buyer.send('OrderCancel', { input }, gateway);
      return (await persist(ask, ({ orderCancel }) => orderCancel, { home: index % 2 === 0 ? 0 : 1, obstacles })).payload;
    }),
  );
};

const manyCards: readonly Token[] = ['tok_ok', 'tok_declined', 'tok_action_required', 'tok_captures_at_once', 'tok_slow_3s'];

/** The same card added in parallel is one card; of several there is one default. */
export const repeatedCards: Race = async ({ scale, sql, buyers, say }) => {
  const title = `${String(scale.repeats)} × ${String(clicks)} additions of a card, and of ${String(manyCards.length)}, at two gateways`;
  say(title);
  const obstacles: Obstacles = new Map();
  const faults: string[] = [];
  for (const buyer of await buyers.gather(scale.repeats * 2)) {
    const cards = buyer.number % 2 === 0 ? manyCards.slice(0, 1) : manyCards;
    const ids = await Promise.all(
      Array.from({ length: clicks }, async (_, index) => {
        const token = cards[index % cards.length] ?? 'tok_ok';
        const input = { provider: 'simulator', token, makeDefault: true };
        const ask = (gateway: 0 | 1) => buyer.send('PaymentMethodAdd', { input }, gateway);
        const { payload } = await persist(ask, ({ paymentMethodAdd }) => paymentMethodAdd, { home: index % 2 === 0 ? 0 : 1, obstacles });
        return payload?.paymentMethod == null ? null : `${token} ${payload.paymentMethod.id}`;
      }),
    );
    const kept = await sql.row(
      'SELECT count(*)::int AS kept, count(*) FILTER (WHERE is_default)::int AS defaults FROM payments.payment_method WHERE user_id = $1',
      [toUuid(buyer.id)],
    );
    const told = new Set(ids);
    if (told.has(null)) faults.push('a card is refused');
    if (told.size !== cards.length || Number(kept['kept']) !== cards.length)
      faults.push(`${String(cards.length)} cards: ${String(told.size)} told, ${String(Number(kept['kept']))} kept`);
    if (Number(kept['defaults']) !== 1) faults.push(`${String(Number(kept['defaults']))} cards are the default`);
  }
  return { title, figures: [`asked again because of: ${obstaclesInWords(obstacles)}`], faults };
};
