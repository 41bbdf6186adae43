// npm run demo
// An evening at the shop, told as it happens: through the public API of a running system only, over HTTP and a real WebSocket. Exits 1 when anything is off.
import { openWorld } from '../client/world.ts';
import { openStreams } from '../streams/open-streams.ts';
import { createNarration } from './narration.ts';
import { enter, play } from './play.ts';
import type { Cast } from './scenes/scene.ts';

const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:4000';
const simulator = process.env['SIMULATOR_URL'] ?? 'http://127.0.0.1:4010';

const tell = createNarration(
  (line) => {
    console.log(line);
  },
  process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
);
await using world = openWorld({ gateway, simulator });
tell.line(`Tally, seen by a shopper: ${world.graph.url}/graphql and nothing else`);
const cast = await entered();
const held = cast !== null && (await play(cast));
if (held) tell.line(`Watch it in a browser: ${world.graph.url}/tracker/`);
process.exitCode = held ? 0 : 1;

async function entered(): Promise<Cast | null> {
  try {
    return await enter(world, tell, ({ token }) => openStreams('websocket', { url: gateway, token }));
  } catch (error) {
    tell.breaks(`the shop does not open (${error instanceof Error ? error.message : String(error)})`);
    tell.line('   Start it with "npm start", or set GATEWAY_URL and SIMULATOR_URL.');
    return null;
  }
}
