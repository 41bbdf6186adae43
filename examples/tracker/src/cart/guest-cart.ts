const key = 'tally.guest-cart';
const listeners = new Set<() => void>();

/** Id of the cart of somebody who has not signed in: knowing it is owning it. */
export const guestCartId = {
  read: (): string | null => localStorage.getItem(key),
  write(id: string | null): void {
    if (id === null) localStorage.removeItem(key);
    else localStorage.setItem(key, id);
    for (const listener of [...listeners]) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
