import { setTimeout as pause } from 'node:timers/promises';
import { parseId } from '@tally/kernel';
import { quantilesOf } from '../bench/measure/latencies.ts';
import type { Checkout } from '../client/answers.ts';
import type { Line } from '../client/shopper.ts';
import type { Buyer } from './buyers.ts';
import { callOff, checkOut } from './checkout.ts';
import { judgeCrowd, unitsOf } from './crowd-verdict.ts';
import { fatesOf, isSold, stockOf, untilEnded } from './fates.ts';
import { obstaclesInWords, persist, type Obstacles, type Outcome } from './persist.ts';
import type { Race, Scale, Stage } from './stage.ts';

type CrowdSize = Scale['crowds'][number];

/** What somebody in the crowd is going to do. */
interface Intent {
  readonly buyer: Buyer;
  readonly lines: readonly Line[];
  readonly cartId?: string;
  readonly declined: boolean;
  readonly arrivesAfterMs: number;
  /** After the answer; `null`: stays with it. */
  readonly cancelsAfterMs: number | null;
}

/** What became of it, as far as its client knows. */
interface Followed {
  readonly intent: Intent;
  readonly outcome: Outcome<Checkout>;
  /** `null`: did not ask for it, or got no answer. */
  readonly calledOff: boolean | null;
}

/** Of buyers: with a card that is declined, who cancel, who want the same article in two lines, who come with a cart. */
const [declinedShare, cancelShare, twoLinesShare, cartShare] = [0.2, 0.15, 0.2, 0.15];
const cancelWithinMs = 2_000;
/** More than are left when those who lost come once more. */
const lateBuyers = 10;

/** A crowd for one article of which there are too few. */
export const crowd =
  (size: CrowdSize): Race =>
  async (stage) => {
    const { staff, sql, say } = stage;
    const title = `${String(size.buyers)} buyers, ${String(size.units)} units`;
    const { variants } = await staff.createProduct({ title, stock: [size.units] });
    const variantId = variants[0]?.id ?? '';
    say(`${title}: cards and carts`);
    const intents = await prepare(stage, size, variantId);
    const id = parseId('var', variantId);
    if (id !== null) stage.stock.expect(id, size.units);
    say(`${title}: they come within ${String(size.withinMs / 1_000)} s`);
    const obstacles: Obstacles = new Map();
    const startedAt = performance.now();
    const followed = await Promise.all(intents.map((intent) => follow(stage, intent, obstacles)));
    const answeredMs = performance.now() - startedAt;
    const open = await untilEnded(sql);
    const endedMs = performance.now() - startedAt;
    const afterCrowd = await fatesOf(sql, [variantId]);
    const told = followed.map(({ intent: { buyer, declined, cancelsAfterMs }, outcome, calledOff }) => ({
      number: buyer.number,
      orderId: outcome.payload?.order?.id ?? null,
      declined,
      cancels: cancelsAfterMs !== null,
      calledOff,
    }));
    const { faults, figures } = judgeCrowd({ units: size.units, followed: told, fates: afterCrowd, stock: await stockOf(sql, variantId) });

    const last = await sellTheRest(stage, variantId, obstacles);
    const fates = await fatesOf(sql, [variantId]);
    const [sold, rest] = [unitsOf(fates.filter(isSold)), await stockOf(sql, variantId)];
    if (sold !== size.units || rest.available !== 0)
      faults.push(
        `${String(sold)} units are sold and ${String(rest.available)} left, though more were wanted than the ${String(size.units)} there were`,
      );
    const { p50, p95, p99, max } = quantilesOf(followed.map(({ outcome }) => outcome.tookMs));
    return {
      title,
      figures: [
        ...figures,
        `sold in the end ${String(sold)}; ${String(last)} of them to those who came once the crowd had gone`,
        `answers p50 ${p50.toFixed(0)}, p95 ${p95.toFixed(0)}, p99 ${p99.toFixed(0)}, longest ${max.toFixed(0)} ms; all answered after ${(answeredMs / 1_000).toFixed(1)} s, all ended after ${(endedMs / 1_000).toFixed(1)} s`,
        `asked again because of: ${obstaclesInWords(obstacles)}`,
      ],
      faults: [...faults, ...open],
    };
  };

async function prepare({ buyers, random }: Stage, { buyers: count, withinMs }: CrowdSize, variantId: string): Promise<readonly Intent[]> {
  const one = { variantId, quantity: 1 };
  const drawn = Array.from({ length: count }, () => {
    const [form, cancels] = [random.next(), random.next() < cancelShare];
    return {
      form: form < cartShare ? 'cart' : form < cartShare + twoLinesShare ? 'two lines' : 'one line',
      declined: random.next() < declinedShare,
      arrivesAfterMs: random.between(0, withinMs),
      cancelsAfterMs: cancels ? random.between(0, cancelWithinMs) : null,
    };
  });
  const gathered = [
    ...(await buyers.gather(drawn.filter(({ declined }) => declined).length, 'tok_declined')),
    ...(await buyers.gather(drawn.filter(({ declined }) => !declined).length, 'tok_ok')),
  ];
  const obstacles: Obstacles = new Map();
  return Promise.all(
    drawn
      .toSorted((left, right) => Number(right.declined) - Number(left.declined))
      .map(async ({ form, ...intent }, index): Promise<Intent> => {
        const buyer = gathered[index];
        if (buyer === undefined) throw new RangeError('a buyer is missing');
        const lines = form === 'one line' ? [one] : [one, one];
        if (form !== 'cart') return { ...intent, buyer, lines };
        const ask = (gateway: 0 | 1) => buyer.send('CartLinesAdd', { input: { lines } }, gateway);
        const { payload } = await persist(ask, ({ cartLinesAdd }) => cartLinesAdd, { home: buyer.home, obstacles });
        if (payload?.cart == null) throw new Error(`a cart is refused: ${JSON.stringify(payload?.userErrors)}`);
        return { ...intent, buyer, lines, cartId: payload.cart.id };
      }),
  );
}

async function follow({ history }: Stage, intent: Intent, obstacles: Obstacles): Promise<Followed> {
  const { buyer, lines, cartId, declined, arrivesAfterMs, cancelsAfterMs } = intent;
  const paymentMethodId = await buyer.card(declined ? 'tok_declined' : 'tok_ok');
  await pause(arrivesAfterMs);
  const outcome = await checkOut(buyer, { lines, paymentMethodId, ...(cartId === undefined ? {} : { cartId }) }, { history, obstacles });
  const orderId = outcome.payload?.order?.id;
  if (cancelsAfterMs === null || orderId === undefined) return { intent, outcome, calledOff: null };
  await pause(cancelsAfterMs);
  return { intent, outcome, calledOff: await callOff(buyer, orderId, { obstacles }) };
}

/** Whatever was given back can be bought: more buyers than are left come for one unit each. @returns how many units they got. */
async function sellTheRest({ sql, buyers, history }: Stage, variantId: string, obstacles: Obstacles): Promise<number> {
  const { available } = await stockOf(sql, variantId);
  const before = unitsOf((await fatesOf(sql, [variantId])).filter(isSold));
  const late = await buyers.gather(available + lateBuyers, 'tok_ok');
  await Promise.all(
    late.map(async (buyer) =>
      checkOut(buyer, { lines: [{ variantId, quantity: 1 }], paymentMethodId: await buyer.card('tok_ok') }, { history, obstacles }),
    ),
  );
  await untilEnded(sql);
  return unitsOf((await fatesOf(sql, [variantId])).filter(isSold)) - before;
}
