import { streamsOver, resumedBy } from './event-stream.ts';
import { createInbox } from './inbox.ts';
import { openSocket, type Socket } from './socket.ts';
import type { StreamClient, StreamClientOptions } from './stream-client.ts';

/** A client that can renew its token without coming again. */
export interface WebSocketStreams extends StreamClient {
  /** Goes on with a fresh token of the same user: on the socket that is open, and on all that follow. */
  renew(token: string): void;
}

/** Streams over WebSocket, by the client of graphql-ws: all on one socket while it lasts. It never comes back by itself, `resume` does. */
export function createWebSocketStreams({ url, token: first, ...rest }: StreamClientOptions): WebSocketStreams {
  const endpoint = `${url.replace(/^http/, 'ws').replace(/\/(graphql)?\/?$/, '')}/graphql`;
  const sockets = new Set<Socket>();
  let token = first;

  function socket(): Socket {
    for (const old of sockets) if (!old.over) return old;
    const fresh = openSocket(endpoint, { ...rest, token });
    sockets.add(fresh);
    return fresh;
  }

  return {
    ...streamsOver(
      'websocket',
      (subscription, inbox) => socket().subscribe({ query: subscription.query, variables: resumedBy(subscription) }, inbox),
      createInbox,
    ),
    renew(fresh) {
      token = fresh;
      for (const open of sockets) open.ping({ authorization: `Bearer ${fresh}` });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...sockets].map((open) => open[Symbol.asyncDispose]()));
    },
  };
}
