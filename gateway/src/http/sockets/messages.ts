import type { SubscribePayload } from 'graphql-ws';
import type { StreamRequest } from '../../subscriptions/stream.ts';

/** What only a server says. */
const serverTypes: ReadonlySet<unknown> = new Set(['connection_ack', 'next', 'error']);

/** A message of a client; `undefined` for what no client says, JSON or not, which graphql-ws refuses as it refuses other rubbish. */
export function parsed(text: string): unknown {
  try {
    const message = JSON.parse(text) as { readonly type?: unknown };
    return serverTypes.has(message.type) ? undefined : message;
  } catch {
    return undefined;
  }
}

/** What a `subscribe` message asks of the engine. */
export const streamRequest = (
  { query, variables, operationName, extensions }: SubscribePayload,
  asker: Pick<StreamRequest, 'caller' | 'address' | 'facts'>,
): StreamRequest => ({
  ...asker,
  query,
  variables: variables ?? {},
  operationName: operationName ?? null,
  extensions,
  protocol: 'websocket',
  resumeAfter: null,
});
