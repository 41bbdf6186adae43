import { createMultipartStreams } from './multipart.ts';
import { createSseStreams } from './sse.ts';
import type { Protocol, StreamClient, StreamClientOptions } from './stream-client.ts';
import { createWebSocketStreams } from './websocket.ts';

const clients = { websocket: createWebSocketStreams, sse: createSseStreams, multipart: createMultipartStreams } as const;

/** A client over the protocol of that name. */
export const openStreams = (protocol: Protocol, options: StreamClientOptions): StreamClient => clients[protocol](options);
