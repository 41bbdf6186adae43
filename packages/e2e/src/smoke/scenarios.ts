import { addInParallel } from '../scenarios/add-in-parallel.ts';
import { buyAndReceive } from '../scenarios/buy-and-receive.ts';
import { cancelAfterCapture } from '../scenarios/cancel-after-capture.ts';
import { declinedCard } from '../scenarios/declined-card.ts';
import { fillACart } from '../scenarios/fill-a-cart.ts';
import { foreignOrder } from '../scenarios/foreign-order.ts';
import { foreignPaymentMethod } from '../scenarios/foreign-payment-method.ts';
import { priceChanged } from '../scenarios/price-changed.ts';
import { sameKeyTwice } from '../scenarios/same-key-twice.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { silentProvider } from '../scenarios/silent-provider.ts';
import { soldOut } from '../scenarios/sold-out.ts';
import { twentyClicks } from '../scenarios/twenty-clicks.ts';

/** Everything the smoke shows, in the order in which a shop is used. Together they sign in eight times and send some fifteen checkout keys. */
export const scenarios: readonly Scenario[] = [
  fillACart,
  addInParallel,
  buyAndReceive,
  declinedCard,
  soldOut,
  silentProvider,
  priceChanged,
  sameKeyTwice,
  twentyClicks,
  cancelAfterCapture,
  foreignPaymentMethod,
  foreignOrder,
];
