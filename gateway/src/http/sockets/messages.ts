import type { SubscribePayload } from 'graphql-ws';
import type { StreamRequest } from '../../subscriptions/stream.ts';

/** A message of a client; `undefined` for what is not JSON, which graphql-ws refuses as it refuses other rubbish. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
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
