import { freshKey } from '@tally/testkit';
import { createPeople } from '../src/client/people.ts';
import { homeAddress, register, type Line, type Shopper } from '../src/client/shopper.ts';
import type { World } from '../src/client/world.ts';
import type { InOneProcess } from '../src/topologies/in-one-process.ts';

/** What stands in the shop before anything wrong is sent. */
export interface Shop {
  readonly world: World;
  readonly system: InOneProcess;
  readonly buyer: Shopper;
  readonly variantId: string;
  readonly cartId: string;
  readonly emptyCartId: string;
  readonly usedKey: string;
  /** Of somebody else. */
  readonly foreign: { readonly cartId: string; readonly orderId: string; readonly addressId: string };
}

/** A buyer and somebody else, each with a paid order and a cart; nothing is under way any more. */
export async function openShop(world: World, system: InOneProcess): Promise<Shop> {
  const staff = await createPeople(world.graph, system.keys.users).staff();
  const { variants } = await staff.createProduct({ stock: [100] });
  const lines = [{ variantId: variants[0]?.id ?? '', quantity: 1 }];
  const [buyer, owner] = await Promise.all([register(world.graph), register(world.graph)]);
  const usedKey = freshKey('checkout');
  for (const shopper of [buyer, owner]) await shopper.addPaymentMethod('tok_ok');
  const mine = await buyer.order({ lines, idempotencyKey: usedKey });
  const theirs = await owner.order({ lines });
  await Promise.all([buyer.until(mine.id, 'PROCESSING'), owner.until(theirs.id, 'PROCESSING')]);
  const { addressSave } = await world.graph.ask('AddressSave', { input: homeAddress }, { token: owner.token });
  return {
    world,
    system,
    buyer,
    usedKey,
    variantId: lines[0]?.variantId ?? '',
    cartId: (await buyer.addToCart(lines)).cart?.id ?? '',
    emptyCartId: await emptyCart(world, lines),
    foreign: {
      cartId: (await owner.addToCart(lines)).cart?.id ?? '',
      orderId: theirs.id,
      addressId: addressSave.user?.addresses?.[0]?.id ?? '',
    },
  };
}

/** A guest's cart whose only line was taken out again: knowing its id is owning it. */
async function emptyCart({ graph }: World, lines: readonly Line[]): Promise<string> {
  const { cartLinesAdd } = await graph.ask('CartLinesAdd', { input: { lines } });
  const cartId = cartLinesAdd?.cart?.id ?? '';
  await graph.ask('CartLinesSet', { input: { cartId, lines: lines.map(({ variantId }) => ({ variantId, quantity: 0 })) } });
  return cartId;
}
