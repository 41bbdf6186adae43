import { strict as assert } from 'node:assert';
import { logIn, type Shopper } from '../client/shopper.ts';
import type { World } from '../client/world.ts';
import type { StreamClient } from '../streams/stream-client.ts';
import { spoken, type Narration } from './narration.ts';
import { declinedCard } from './scenes/declined-card.ts';
import { doubleClick } from './scenes/double-click.ts';
import { followAnOrder } from './scenes/follow-an-order.ts';
import { loseTheSignal } from './scenes/lose-the-signal.ts';
import type { Cast, Scene } from './scenes/scene.ts';
import { soldOut } from './scenes/sold-out.ts';

const scenes: readonly Scene[] = [followAnOrder, loseTheSignal, declinedCard, soldOut, doubleClick];

/**
 * Ada of the seed, with her good card, and Sue, who works here.
 *
 * @param phoneOf a phone of somebody's, with a socket of its own.
 * @throws {Error} the shop does not open.
 */
export async function enter(world: World, tell: Narration, phoneOf: (shopper: Shopper) => StreamClient): Promise<Cast> {
  const ada = await logIn(world.graph, 'ada@example.com', 'correct horse battery');
  const sue = await world.staff();
  const { products } = await world.graph.ask('ProductSearch', { query: 'mug' });
  assert.ok(products.totalCount > 0, 'the catalogue is empty');
  tell.line(`Ada signs in. The shop has ${String(products.totalCount)} kinds of mug.`);
  return { world, ada, sue, phone: () => phoneOf(ada), tell };
}

/** Plays all scenes, also those after one that breaks. @returns whether everything held. */
export async function play(cast: Cast): Promise<boolean> {
  const { tell } = cast;
  const begunAt = performance.now();
  let broken = 0;
  for (const { title, play: act } of scenes) {
    tell.scene(title);
    await act(cast).catch((error: unknown) => {
      broken += 1;
      tell.breaks(error instanceof Error ? error.message : String(error));
    });
  }
  tell.line();
  tell.line(
    broken === 0
      ? `Everything held: ${String(scenes.length)} scenes in ${spoken(performance.now() - begunAt)}.`
      : `${String(broken)} of ${String(scenes.length)} scenes did not go as promised.`,
  );
  return broken === 0;
}
