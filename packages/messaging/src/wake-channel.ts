import type { Logger } from './logger.ts';
import { connectRemoteWake } from './wake/remote-wake.ts';

/**
 * Waking is separate from truth: whoever waits also polls, a wake-up only shortens the wait. In the same process a signal is a function call; other
 * processes hear one coalesced NOTIFY on a connection of its own, never inside the business transaction, where it would serialise all commits.
 */
export interface WakeChannel extends AsyncDisposable {
  /** Wakes every listener, here and in other processes. Never throws, never waits. `subject` narrows it, for example to an order id. */
  signal(subject?: string): void;
  /** @returns disposal of this listener. */
  listen(listener: (subject: string | null) => void): Disposable;
  /** Whether wake-ups of other processes arrive at the moment, so that polling may be slower. True where only this process is meant. */
  readonly healthy: boolean;
}

/** Longest subject that travels to other processes, in UTF-8 bytes; a longer one arrives there as `null`. PostgreSQL allows 7,999. */
const longestSubjectBytes = 4000;

/**
 * A channel by name. Resolves at once also while the database is away: it connects in the background, and after each time it was away it wakes all
 * listeners with `null`, since something may have been missed.
 *
 * @param options.channel the same name in every process; any text up to 63 bytes.
 * @param options.remote `false`: only this process, no connection is opened.
 * @param options.databaseUrl a direct connection: LISTEN does not work through a transaction pooler.
 */
export async function openWakeChannel(options: {
  readonly databaseUrl: string;
  readonly channel: string;
  readonly remote: boolean;
  readonly logger: Logger;
}): Promise<WakeChannel> {
  const listeners = new Set<(subject: string | null) => void>();
  const wakeHere = (subject: string | null): void => {
    for (const listener of listeners) {
      try {
        listener(subject);
      } catch (error) {
        options.logger.error({ err: error, channel: options.channel }, 'a wake-up listener failed');
      }
    }
  };
  const remote = options.remote ? await connectRemoteWake({ ...options, heard: wakeHere }) : null;
  return {
    signal(subject) {
      wakeHere(subject ?? null);
      remote?.tell(subject === undefined || Buffer.byteLength(subject) > longestSubjectBytes ? null : subject);
    },
    listen(listener) {
      const own = (subject: string | null): void => listener(subject);
      listeners.add(own);
      return { [Symbol.dispose]: () => void listeners.delete(own) };
    },
    get healthy() {
      return remote?.connected ?? true;
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
      await remote?.close();
    },
  };
}
