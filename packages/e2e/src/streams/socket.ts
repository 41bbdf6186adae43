import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { AnswerError } from '../client/graph.ts';
import type { Connection } from './event-stream.ts';
import type { End, Inbox } from './inbox.ts';
import type { StreamClientOptions } from './stream-client.ts';

/** One WebSocket and the streams on it: opened with the first of them, closed with the last, and never again. */
export interface Socket extends AsyncDisposable {
  /** Nothing more may be put on it. */
  readonly over: boolean;
  subscribe(payload: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> }, inbox: Inbox): Connection;
  /** Sends a ping of the protocol, once the socket is open; before that there is nothing to be told. */
  ping(payload: Readonly<Record<string, unknown>>): void;
}

const goodbyeMs = 1_000;
const handshakeMs = 10_000;

/**
 * The end of the socket is told to all its streams at once, here: the library would come back by itself after a close with 1000, and a client that
 * comes back by itself hides what is tested.
 */
export function openSocket(url: string, { token, headers = {}, localAddress = () => undefined }: Omit<StreamClientOptions, 'url'>): Socket {
  const leaves = new Map<Inbox, () => void>();
  let over = false;
  let raw: WebSocket | undefined;

  function endAll(end: End): void {
    over = true;
    for (const [inbox, leave] of leaves) {
      inbox.end(end);
      leave();
    }
  }

  // The library hands its socket out only once it is open.
  const hold = (made: WebSocket): void => {
    raw = made;
  };
  const client = createClient({
    url,
    lazy: true,
    retryAttempts: 0,
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    webSocketImpl: class extends WebSocket {
      constructor(to: string, protocol: string) {
        super(to, protocol, { perMessageDeflate: false, headers, handshakeTimeout: handshakeMs, localAddress: localAddress() });
        hold(this);
      }
    },
    on: {
      ping: (received) => {
        if (received) for (const inbox of leaves.keys()) inbox.heartbeat();
      },
      error: (error) => {
        endAll(endOf(error));
      },
      closed: (event) => {
        endAll(endOf(event));
      },
    },
  });

  return {
    get over() {
      return over;
    },
    subscribe(payload, inbox) {
      const unsubscribe = client.subscribe(payload, {
        next: ({ data, errors = [] }) => {
          inbox.result({ data, errors });
        },
        error: (reason) => {
          inbox.end(Array.isArray(reason) ? { reason: 'failed', errors: reason as readonly AnswerError[] } : endOf(reason));
          gone(inbox);
        },
        complete: () => {
          inbox.complete();
          gone(inbox);
        },
      });
      leaves.set(inbox, () => {
        gone(inbox);
        unsubscribe();
      });
      return {
        leave() {
          inbox.end({ reason: 'left' });
          leaves.get(inbox)?.();
        },
        cut() {
          endAll({ reason: 'cut' });
          raw?.terminate();
        },
        pause: () => raw?.pause(),
        proceed: () => raw?.resume(),
      };
    },
    ping(payload) {
      if (raw?.readyState === WebSocket.OPEN) raw.send(JSON.stringify({ type: 'ping', payload }));
    },
    async [Symbol.asyncDispose]() {
      endAll({ reason: 'left' });
      if (raw === undefined || raw.readyState === WebSocket.CLOSED) return;
      const closing = raw;
      closing.resume();
      await once(closing, 'close', { signal: AbortSignal.timeout(goodbyeMs) }).catch(() => {
        closing.terminate();
      });
    },
  };

  /** The library closes the socket behind its last stream. */
  function gone(inbox: Inbox): void {
    leaves.delete(inbox);
    over ||= leaves.size === 0;
  }
}

/** What ended a socket: a close event, an error of ws, or one of the library. */
function endOf(reason: unknown): End {
  const { code, message = '' } = reason as { readonly code?: unknown; readonly message?: string };
  if (typeof code === 'number') return code === 1006 ? { reason: 'cut', closeCode: code } : { reason: 'closed', closeCode: code };
  const status = /^Unexpected server response: (\d{3})$/.exec(message)?.[1];
  if (status !== undefined) return { reason: 'failed', status: Number(status) };
  return reason instanceof Error ? { reason: 'failed', errors: [{ message }] } : { reason: 'cut' };
}
