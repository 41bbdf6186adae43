import { deadlock } from './errors.ts';

/** Somebody who holds locks and may wait for one. */
export interface Holder {
  readonly held: Set<string>;
  waitsFor: string | null;
}

interface Lock {
  holder: Holder;
  readonly queue: { readonly holder: Holder; readonly granted: () => void; readonly refused: (error: unknown) => void }[];
}

/** Exclusive locks by name, granted in the order they were asked for. */
export class Locks {
  readonly #locks = new Map<string, Lock>();

  isHeldByOther(name: string, holder: Holder): boolean {
    const lock = this.#locks.get(name);
    return lock !== undefined && lock.holder !== holder;
  }

  /**
   * Takes the lock; resolved means held. `null` when it was free or held already, so that nobody has to wait.
   *
   * @throws {MemoryDatabaseError} 40P01: the wait would close a circle.
   */
  take(name: string, holder: Holder): Promise<void> | null {
    const lock = this.#locks.get(name);
    if (lock === undefined) {
      this.#locks.set(name, { holder, queue: [] });
      holder.held.add(name);
      return null;
    }
    if (lock.holder === holder) return null;
    if (this.#closesCircle(lock, holder)) throw deadlock();
    holder.waitsFor = name;
    return new Promise((resolve, reject) => {
      lock.queue.push({
        holder,
        granted: () => {
          holder.waitsFor = null;
          resolve();
        },
        refused: reject,
      });
    });
  }

  /** Ends a wait without the lock. */
  giveUp(holder: Holder, error: unknown): void {
    const lock = holder.waitsFor === null ? undefined : this.#locks.get(holder.waitsFor);
    holder.waitsFor = null;
    const at = lock?.queue.findIndex((waiting) => waiting.holder === holder) ?? -1;
    if (at >= 0) lock?.queue.splice(at, 1)[0]?.refused(error);
  }

  release(name: string, holder: Holder): void {
    const lock = this.#locks.get(name);
    if (lock === undefined || lock.holder !== holder) return;
    holder.held.delete(name);
    const next = lock.queue.shift();
    if (next === undefined) {
      this.#locks.delete(name);
      return;
    }
    lock.holder = next.holder;
    next.holder.held.add(name);
    next.granted();
  }

  #closesCircle(lock: Lock, asking: Holder): boolean {
    const seen = new Set<Holder>();
    for (let holder: Holder | undefined = lock.holder; holder !== undefined && !seen.has(holder);) {
      if (holder === asking) return true;
      seen.add(holder);
      holder = holder.waitsFor === null ? undefined : this.#locks.get(holder.waitsFor)?.holder;
    }
    return false;
  }
}
