import type { World } from '../client/world.ts';

/** One promise of the shop, shown through its public face. Makes what it needs, so it can be repeated and run beside others. */
export interface Scenario {
  /** A fact in the present tense. */
  readonly title: string;
  /** @throws {Error} the promise does not hold; the message says what was seen. */
  readonly run: (world: World) => Promise<void>;
}
