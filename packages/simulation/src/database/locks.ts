import { deadlock } from './errors.ts';

/** Somebody who holds locks and may wait for one. */
export interface Holder {
  readonly held: Set<Lock>;
  waitsFor: Lock | null;
}

interface Waiter {
  readonly holder: Holder;
  readonly granted: () => void;
  readonly refused: (error: unknown) => void;
}

/** A lock that somebody holds; it stands in its space for as long. */
export interface Lock {
  readonly space: LockSpace;
  readonly name: string;
  holder: Holder;
  /** Who waits, in the order of asking. */
  queue: Waiter[] | null;
}

/** The locks of one name space (the rows of a table, the values of a unique key, advisory locks) that are held at the moment. */
export type LockSpace = Map<string, Lock>;

/** Whether somebody else holds it. */
export const isHeldByOther = (space: LockSpace, name: string, holder: Holder): boolean => {
  const lock = space.get(name);
  return lock !== undefined && lock.holder !== holder;
};

/**
 * Takes an exclusive lock; resolved means held. `null` when it was free or held already, so that nobody has to wait.
 *
 * @throws {MemoryDatabaseError} 40P01: the wait would close a circle.
 */
export function take(space: LockSpace, name: string, holder: Holder): Promise<void> | null {
  const lock = space.get(name);
  if (lock === undefined) {
    const taken: Lock = { space, name, holder, queue: null };
    space.set(name, taken);
    holder.held.add(taken);
    return null;
  }
  if (lock.holder === holder) return null;
  if (closesCircle(lock, holder)) throw deadlock();
  holder.waitsFor = lock;
  return new Promise((resolve, reject) => {
    const granted = (): void => {
      holder.waitsFor = null;
      resolve();
    };
    (lock.queue ??= []).push({ holder, granted, refused: reject });
  });
}

/** Ends a wait without the lock; nothing where there is no wait. */
export function giveUp(holder: Holder, error: unknown): void {
  const queue = holder.waitsFor?.queue;
  holder.waitsFor = null;
  const at = queue?.findIndex((waiting) => waiting.holder === holder) ?? -1;
  if (at >= 0) queue?.splice(at, 1)[0]?.refused(error);
}

/** Gives a lock to whoever waited longest; nothing where somebody else holds it. */
export function release(lock: Lock, holder: Holder): void {
  if (lock.holder !== holder) return;
  holder.held.delete(lock);
  const next = lock.queue?.shift();
  if (next === undefined) {
    lock.space.delete(lock.name);
    return;
  }
  lock.holder = next.holder;
  next.holder.held.add(lock);
  next.granted();
}

function closesCircle(lock: Lock, asking: Holder): boolean {
  const seen = new Set<Holder>();
  for (let holder: Holder | undefined = lock.holder; holder !== undefined && !seen.has(holder); holder = holder.waitsFor?.holder) {
    if (holder === asking) return true;
    seen.add(holder);
  }
  return false;
}
