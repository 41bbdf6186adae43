import { freshKey } from '@tally/testkit';
import { quantilesOf } from '../bench/measure/latencies.ts';
import { homeAddress } from '../client/shopper.ts';
import type { Buyer } from './buyers.ts';
import { ordersOf, untilEnded } from './fates.ts';
import { obstaclesInWords, persist, type Obstacles } from './persist.ts';
import type { Race, Stage } from './stage.ts';

/** As Checkout of operations/, with everything that two clicks must be told alike. */
const document = `mutation Click($input: CheckoutInput!) {
  checkout(input: $input) {
    replayed
    order { id number total { amount currency } lines { id variantId sku quantity unitPrice { amount } } }
    userErrors { code }
  }
}`;

interface Click {
  readonly replayed: boolean;
  readonly order: { readonly id: string; readonly total: { readonly amount: number } } | null;
  readonly userErrors: readonly { readonly code: string }[];
}

/** One round in so many has clicks with another payload among them. */
const mixedEvery = 4;

/** Parallel clicks with one key, spread over both gateways: one order, one charge, equal answers. */
export const doubleClicks: Race = async (stage) => {
  const { staff, scale, sql, simulator, buyers, say } = stage;
  const { rounds, clicks } = scale;
  const title = `${String(rounds)} × ${String(clicks)} clicks with one key at two gateways`;
  say(title);
  const { variants } = await staff.createProduct({ title: 'Clicked', stock: [rounds * 3] });
  const variantId = variants[0]?.id ?? '';
  const crowd = await buyers.gather(rounds, 'tok_ok');
  const obstacles: Obstacles = new Map();
  const [faults, tookMs, placed] = [[] as string[], [] as number[], [] as { buyer: Buyer; orderId: string; total: number }[]];
  let reused = 0;
  for (const [round, buyer] of crowd.entries()) {
    const fault = (what: string): void => void faults.push(`round ${String(round + 1)}: ${what}`);
    const mixed = round % mixedEvery === mixedEvery - 1;
    const answers = await clickTogether(stage, buyer, { variantId, clicks, mixed, obstacles });
    tookMs.push(...answers.map(({ took }) => took));
    const [winner, ...others] = new Set(answers.flatMap(({ payload }) => payload?.order?.id ?? []));
    if (winner === undefined || others.length > 0) {
      fault(`${winner === undefined ? 'no order' : `${String(others.length + 1)} orders`}: ${JSON.stringify(answers[0]?.payload)}`);
      continue;
    }
    // Whichever payload came first is the one that the key stands for.
    const won = answers.find(({ payload }) => payload?.order?.id === winner)?.quantity;
    const told = new Set<string>();
    for (const { payload, quantity } of answers) {
      if (payload === null) fault('a click got no answer');
      else if (quantity === won) told.add(JSON.stringify({ ...payload, replayed: null }));
      else if (payload.order !== null || payload.userErrors.map(({ code }) => code).join() !== 'IDEMPOTENCY_KEY_REUSED')
        fault(`another payload under the key is answered ${JSON.stringify(payload)}`);
      else reused += 1;
    }
    if (told.size !== 1) fault(`${String(told.size)} different answers: ${[...told].slice(0, 2).join(' and ')}`);
    const first = answers.filter(({ payload }) => payload?.order !== null && payload?.replayed === false).length;
    if (first !== 1) fault(`${String(first)} clicks claim to have placed the order`);
    const total = answers.find(({ payload }) => payload?.order != null)?.payload?.order?.total.amount ?? 0;
    placed.push({ buyer, orderId: winner, total });
  }
  const open = await untilEnded(sql);
  for (const { buyer, orderId, total } of placed) {
    const ledger = (await simulator.ledger(orderId)).filter(({ outcome }) => outcome === 'succeeded');
    const amounts = (operation: string): string =>
      ledger
        .filter((entry) => entry.operation === operation)
        .map(({ amount }) => amount)
        .join();
    if (amounts('capture') !== String(total) || amounts('authorise') !== String(total))
      faults.push(`${orderId} of ${String(total)}: the provider authorised ${amounts('authorise')} and captured ${amounts('capture')}`);
    const orders = await ordersOf(sql, buyer.id);
    if (orders !== 1) faults.push(`a buyer who clicked has ${String(orders)} orders`);
  }
  if (scale.rounds >= mixedEvery && reused === 0) faults.push('no click with another payload was refused');
  const { p50, p95, p99, max } = quantilesOf(tookMs);
  return {
    title,
    figures: [
      `orders ${String(placed.length)}, clicks with another payload refused ${String(reused)}; asked again because of: ${obstaclesInWords(obstacles)}`,
      `answers p50 ${p50.toFixed(0)}, p95 ${p95.toFixed(0)}, p99 ${p99.toFixed(0)}, longest ${max.toFixed(0)} ms`,
    ],
    faults: [...faults, ...open],
  };
};

interface Heard {
  readonly quantity: number;
  readonly payload: Click | null;
  readonly took: number;
}

async function clickTogether(
  { history }: Stage,
  buyer: Buyer,
  { variantId, clicks, mixed, obstacles }: { variantId: string; clicks: number; mixed: boolean; obstacles: Obstacles },
): Promise<readonly Heard[]> {
  const [paymentMethodId, idempotencyKey] = [await buyer.card('tok_ok'), freshKey('click')];
  const answers = await Promise.all(
    Array.from({ length: clicks }, async (_, index): Promise<Heard> => {
      const quantity = mixed && index % 3 === 2 ? 2 : 1;
      const input = { lines: [{ variantId, quantity }], shippingAddress: homeAddress, paymentMethodId, idempotencyKey };
      const ask = (gateway: 0 | 1) => buyer.post<{ checkout: Click | null }>(document, { input }, gateway);
      const { payload, tookMs } = await persist(ask, ({ checkout }) => checkout, { home: index % 2 === 0 ? 0 : 1, obstacles });
      return { quantity, payload, took: tookMs };
    }),
  );
  const order = answers.flatMap(({ payload }) => payload?.order ?? [])[0] ?? null;
  history.purchases.push({
    buyer: buyer.number,
    key: idempotencyKey,
    variantId,
    quantity: answers.find(({ payload }) => payload?.order != null)?.quantity ?? 0,
    paymentMethodId,
    state: order === null ? 'info' : 'ok',
    orderId: order?.id ?? null,
    total: order?.total.amount ?? null,
  });
  return answers;
}
