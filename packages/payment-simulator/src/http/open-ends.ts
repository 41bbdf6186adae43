import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';

/** Calls that are kept waiting, and their end when the simulator stops. */
export interface OpenEnds {
  /** Waits; `false` when the simulator stops first, and then the call counts as never having arrived. */
  pause(ms: number): Promise<boolean>;
  /** Keeps a connection open without an answer until the caller leaves, 60 s have passed or the simulator stops. */
  hold(socket: Socket): Promise<void>;
  /** Ends all of it. */
  close(): void;
}

const longestHoldMs = 60_000;

/** Makes the register of waiting calls. */
export function createOpenEnds(): OpenEnds {
  const closing = new AbortController();
  return {
    pause: (ms) =>
      sleep(ms, true, { signal: closing.signal }).catch((error: unknown) => {
        if (closing.signal.aborted) return false;
        throw error;
      }),
    async hold(socket) {
      const left = new AbortController();
      socket.once('close', () => left.abort());
      if (!socket.destroyed)
        await sleep(longestHoldMs, undefined, { signal: AbortSignal.any([closing.signal, left.signal]) }).catch(() => undefined);
      socket.destroy();
    },
    close: () => closing.abort(),
  };
}
