import { setTimeout as pause } from 'node:timers/promises';
import { freshEmail, freshKey } from '@tally/testkit';
import { createPeople } from '../client/people.ts';
import type { System } from '../harness/system.ts';
import type { Shop } from '../harness/workload.ts';

const betweenMs = 300;

/**
 * What people do beside buying, one thing after the other until told to stop: staff price, restock and ship, newcomers open accounts and renew their sessions.
 * Nobody minds a system that dies meanwhile.
 *
 * @returns how many of these came to their end.
 */
export async function runErrands(shop: Shop, system: System, stop: AbortSignal): Promise<number> {
  const tried = new Set<string>();
  const errands = [() => price(shop, system), () => restock(shop, system), () => join(shop), () => ship(shop, system, tried)] as const;
  let done = 0;
  for (let turn = 0; !stop.aborted; turn++) {
    try {
      await errands[turn % errands.length]?.();
      done++;
    } catch {
      // Whoever it was asks again another time.
    }
    await pause(betweenMs);
  }
  return done;
}

const staffAt = ({ graphs, random }: Shop, { keys }: System) => createPeople(random.pick(graphs), keys.users).staff();

const variantOf = ({ variantIds, random }: Shop): string => variantIds[random.between(0, variantIds.length - 1)] ?? '';

async function price(shop: Shop, system: System): Promise<void> {
  const staff = await staffAt(shop, system);
  await staff.setPrice(variantOf(shop), shop.random.between(900, 9_900));
}

async function restock(shop: Shop, system: System): Promise<void> {
  const { token } = await staffAt(shop, system);
  const input = { variantId: variantOf(shop), delta: shop.random.between(5, 40), reason: 'delivery', idempotencyKey: freshKey('restock') };
  await shop.random.pick(shop.graphs).ask('InventoryAdjust', { input }, { token });
}

async function join({ graphs, random }: Shop): Promise<void> {
  const graph = random.pick(graphs);
  const { register } = await graph.ask('Register', {
    input: { email: freshEmail(), password: freshKey('correct horse'), displayName: 'Ada' },
  });
  await graph.ask('SessionRefresh', { refreshToken: register?.refreshToken });
}

/** The oldest paid order that its buyer wants and that has not been tried yet. */
async function ship(shop: Shop, system: System, tried: Set<string>): Promise<void> {
  const wanted = shop.history.purchases.find(({ orderId, cancel, key }) => orderId !== null && cancel === undefined && !tried.has(key));
  if (wanted === undefined) return;
  tried.add(wanted.key);
  const staff = await staffAt(shop, system);
  const { order } = await shop.random.pick(shop.graphs).ask('OrderPage', { id: wanted.orderId }, { token: staff.token });
  if (order?.status !== 'PROCESSING') return;
  await staff.deliver(
    order.id,
    order.lines.map(({ id }) => id),
  );
}
