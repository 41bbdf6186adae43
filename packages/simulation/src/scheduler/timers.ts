/** Something that is due at a time. */
export interface Timed {
  readonly atMs: number;
  /** Decides between equal times: first set, first due. */
  readonly number: number;
  cancelled: boolean;
  readonly act: () => void;
}

/** What is due when: a binary heap, earliest first. */
export class Timers {
  readonly #heap: Timed[] = [];
  #set = 0;

  /** @returns the entry; setting `cancelled` takes it off. */
  add(atMs: number, act: () => void): Timed {
    const entry: Timed = { atMs, number: (this.#set += 1), cancelled: false, act };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return entry;
  }

  /** When the next one is due; `null`: none is set. */
  nextMs(): number | null {
    while (this.#heap[0]?.cancelled === true) this.#takeFirst();
    return this.#heap[0]?.atMs ?? null;
  }

  /** Takes the earliest off if it is due at that time. */
  due(nowMs: number): Timed | null {
    const next = this.nextMs();
    return next === null || next > nowMs ? null : this.#takeFirst();
  }

  #takeFirst(): Timed | null {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return null;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfEarlier(at, above)) return;
      at = above;
    }
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      const left = at * 2 + 1;
      const [one, other] = [this.#heap[left], this.#heap[left + 1]];
      if (one === undefined) return;
      const child = other !== undefined && isEarlier(other, one) ? left + 1 : left;
      if (!this.#swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  /** Swaps when the lower entry is due before the upper one. */
  #swapIfEarlier(lower: number, upper: number): boolean {
    const [below, above] = [this.#heap[lower], this.#heap[upper]];
    if (below === undefined || above === undefined || !isEarlier(below, above)) return false;
    this.#heap[lower] = above;
    this.#heap[upper] = below;
    return true;
  }
}

const isEarlier = (one: Timed, other: Timed): boolean => one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number);
