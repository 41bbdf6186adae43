// npm run demo
// An evening at the shop, told as it happens: through the public API of a running system only, over HTTP and a real WebSocket. Exits 1 when anything is off.
import { strict as assert } from 'node:assert';
import { logIn } from '../client/shopper.ts';
import { openWorld, type World } from '../client/world.ts';
import { openStreams } from '../streams/open-streams.ts';
import { createNarration, spoken, type Narration } from './narration.ts';
import { declinedCard } from './scenes/declined-card.ts';
import { doubleClick } from './scenes/double-click.ts';
import { followAnOrder } from './scenes/follow-an-order.ts';
import { loseTheSignal } from './scenes/lose-the-signal.ts';
import type { Cast, Scene } from './scenes/scene.ts';
import { soldOut } from './scenes/sold-out.ts';

const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:4000';
const simulator = process.env['SIMULATOR_URL'] ?? 'http://127.0.0.1:4010';
const scenes: readonly Scene[] = [followAnOrder, loseTheSignal, declinedCard, soldOut, doubleClick];

const tell = createNarration(
  (line) => {
    console.log(line);
  },
  process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
);
await using world = openWorld({ gateway, simulator });
process.exitCode = (await play(world, tell)) ? 0 : 1;

async function play(seen: World, told: Narration): Promise<boolean> {
  const begunAt = performance.now();
  told.line(`Tally, seen by a shopper: ${seen.graph.url}/graphql and nothing else`);
  let broken = 0;
  try {
    const cast = await enter(seen, told);
    for (const { title, play: act } of scenes) {
      told.scene(title);
      await act(cast).catch((error: unknown) => {
        broken += 1;
        told.breaks(error instanceof Error ? error.message : String(error));
      });
    }
  } catch (error) {
    told.breaks(`the shop does not open (${error instanceof Error ? error.message : String(error)})`);
    told.line('   Start it with "npm start", or set GATEWAY_URL and SIMULATOR_URL.');
    return false;
  }
  const held = scenes.length - broken;
  told.line();
  told.line(
    broken === 0
      ? `Everything held: ${String(held)} scenes in ${spoken(performance.now() - begunAt)}.`
      : `${String(broken)} of ${String(scenes.length)} scenes did not go as promised.`,
  );
  if (broken === 0) told.line(`Watch it in a browser: ${seen.graph.url}/tracker/`);
  return broken === 0;
}

/** Ada of the seed, with her good card, and Sue, who works here. */
async function enter(seen: World, told: Narration): Promise<Cast> {
  const ada = await logIn(seen.graph, 'ada@example.com', 'correct horse battery');
  const sue = await seen.staff();
  const { products } = await seen.graph.ask('ProductSearch', { query: 'mug' });
  assert.ok(products.totalCount > 0, 'the catalogue is empty');
  told.line(`Ada signs in. The shop has ${String(products.totalCount)} kinds of mug.`);
  return { world: seen, ada, sue, phone: () => openStreams('websocket', { url: gateway, token: ada.token }), tell: told };
}
