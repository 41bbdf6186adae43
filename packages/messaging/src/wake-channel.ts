/**
 * Waking is separate from truth: whoever waits also polls, a wake-up only shortens the wait. In the same process a signal is a function call; other
 * processes hear one coalesced NOTIFY on a connection of its own, never inside the business transaction, where it would serialise all commits.
 */
export interface WakeChannel extends AsyncDisposable {
  /** Wakes every listener, here and in other processes. Never throws, never waits. `subject` narrows it, for example to an order id. */
  signal(subject?: string): void;
  /** @returns disposal of this listener. */
  listen(listener: (subject: string | null) => void): Disposable;
}
