import { createClient, type Client, type ClientOptions } from 'graphql-ws';
import { backoffMs } from './backoff.ts';

/**
 * The one socket of the page.
 *
 * *Idle*: nothing is listened to. *Connecting*: for the first time, or because somebody asked for it. *Live*: connected. *Lost*: the connection broke; it
 * is tried again by itself, with growing pauses. *Cut*: the button was pressed; nothing is tried until it is pressed again.
 *
 * A stream that breaks with the socket comes back by itself as a new one: it waits for `turn` and says what it has seen. The socket repeats nothing.
 */
export type ConnectionState = { readonly kind: 'idle' } | { readonly kind: 'connecting' | 'live' | 'lost' | 'cut'; readonly since: Date };

export interface Connection {
  readonly socket: Client;
  state(): ConnectionState;
  subscribe(listener: () => void): () => void;
  /** Closes the socket without a word, and stays away. */
  cut(): void;
  /** Connects again now. */
  restore(): void;
  /** Resolves when a stream may try to open: at once, after the pause, or when the cut is over. @throws {DOMException} aborted. */
  turn(signal: AbortSignal): Promise<void>;
  /** Shows the server a newer token of the same user. */
  present(token: string): void;
  close(): void;
}

/** What the socket needs of whoever is signed in. */
export interface Credentials {
  token(): Promise<string | null>;
  tokenInsteadOf(refused: string): Promise<string | null>;
}

const pingEveryMs = 10_000;
const pongWithinMs = 5_000;
/** Streams come and go while one looks around; the socket outlasts the moment between two of them. */
const lingerMs = 5_000;
const forbidden = 4403;

export function createConnection(options: {
  readonly url: string;
  readonly credentials: Credentials;
  readonly webSocketImpl?: ClientOptions['webSocketImpl'];
}): Connection {
  const { url, credentials, webSocketImpl } = options;
  const listeners = new Set<() => void>();
  const waiting = new Set<() => void>();
  let state: ConnectionState = { kind: 'idle' };
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  let open: WebSocket | null = null;
  let shown: string | null = null;
  let refused = false;
  let closed = false;

  const socket = createClient({
    url,
    lazyCloseTimeout: lingerMs,
    connectionAckWaitTimeout: pongWithinMs,
    keepAlive: pingEveryMs,
    retryAttempts: 0,
    ...(webSocketImpl === undefined ? {} : { webSocketImpl }),
    async connectionParams() {
      shown = refused && shown !== null ? await credentials.tokenInsteadOf(shown) : await credentials.token();
      refused = false;
      return shown === null ? {} : { authorization: `Bearer ${shown}` };
    },
    on: {
      connecting() {
        if (state.kind === 'idle') become({ kind: 'connecting', since: new Date() });
      },
      opened(opened) {
        open = opened as WebSocket;
      },
      connected() {
        failures = 0;
        become({ kind: 'live', since: new Date() });
      },
      ping(received) {
        if (!received) overdue = setTimeout(() => socket.terminate(), pongWithinMs);
      },
      pong(received) {
        if (received) clearTimeout(overdue);
      },
      closed(event) {
        lost((event as { readonly code?: number }).code);
      },
      error() {
        lost();
      },
    },
  });

  function become(next: ConnectionState): void {
    state = next;
    for (const listener of [...listeners]) listener();
  }

  function release(): void {
    clearTimeout(retry);
    retry = undefined;
    const released = [...waiting];
    waiting.clear();
    for (const go of released) go();
  }

  function lost(code?: number): void {
    clearTimeout(overdue);
    open = null;
    if (code === forbidden) refused = true;
    if (closed || state.kind === 'cut') return;
    if (code === 1000) return become({ kind: 'idle' }); // nobody listened any more
    if (retry !== undefined) return; // an error and a close are one loss
    retry = setTimeout(release, backoffMs(failures++, Math.random()));
    become({ kind: 'lost', since: state.kind === 'lost' ? state.since : new Date() });
  }

  return {
    socket,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    cut() {
      clearTimeout(retry);
      retry = undefined;
      become({ kind: 'cut', since: new Date() });
      socket.terminate();
    },
    restore() {
      if (state.kind !== 'cut' && state.kind !== 'lost') return;
      failures = 0;
      become({ kind: 'connecting', since: new Date() });
      release();
    },
    turn(signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        if (state.kind !== 'cut' && retry === undefined) return resolve();
        const leave = (): void => {
          waiting.delete(go);
          reject(signal.reason as DOMException);
        };
        const go = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting.add(go);
      });
    },
    present(token) {
      if (state.kind !== 'live' || open === null || shown === null || shown === token) return;
      shown = token;
      open.send(JSON.stringify({ type: 'ping', payload: { authorization: `Bearer ${token}` } }));
    },
    close() {
      closed = true;
      clearTimeout(retry);
      clearTimeout(overdue);
      void socket.dispose();
    },
  };
}
