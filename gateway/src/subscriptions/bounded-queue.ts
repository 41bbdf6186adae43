import type { Overflow } from '../supergraph/topic-bindings.ts';

/** Something of one key of a stream. */
export interface Keyed {
  /** Position of its key. */
  readonly position: number;
}

/** What waits for one who is slow: 128 things at most, and never more than one per key beyond that. */
export const queueBound = 128;

/** What came of an addition. `replaced`: older ones of the same keys were dropped. `full`: nothing was added. */
export type Added = 'kept' | 'replaced' | 'full';

export class BoundedQueue<Item extends Keyed> {
  private items: Item[] = [];

  get size(): number {
    return this.items.length;
  }

  add(item: Item, overflow: Overflow): Added {
    if (this.items.length < queueBound) {
      this.items.push(item);
      return 'kept';
    }
    if (overflow === 'END') return 'full';
    // In the order of their newest, so that what was replaced waits no longer than it would have.
    const newest = new Map<number, Item>();
    for (const one of [...this.items, item]) {
      newest.delete(one.position);
      newest.set(one.position, one);
    }
    this.items = [...newest.values()];
    return 'replaced';
  }

  take(): Item | undefined {
    return this.items.shift();
  }
}
