import type { Shopper } from '../../client/shopper.ts';
import type { Staff } from '../../client/staff.ts';
import type { World } from '../../client/world.ts';
import type { StreamClient } from '../../streams/stream-client.ts';
import type { Narration } from '../narration.ts';

/** Who is on stage. Everybody acts through the graph, as their apps would. */
export interface Cast {
  readonly world: World;
  readonly ada: Shopper;
  readonly sue: Staff;
  /** A phone of Ada's: a WebSocket of its own, which can lose its signal. */
  readonly phone: () => StreamClient;
  readonly tell: Narration;
}

export interface Scene {
  readonly title: string;
  /** @throws {Error} what is shown does not hold; the message says what was seen. */
  readonly play: (cast: Cast) => Promise<void>;
}
