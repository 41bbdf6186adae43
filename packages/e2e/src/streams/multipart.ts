import type { AnswerError } from '../client/graph.ts';
import { boundaryOf, readBodyParts } from './body-parts.ts';
import { resumedBy, streamsOver } from './event-stream.ts';
import { createInbox, type Result } from './inbox.ts';
import { createResponses } from './response.ts';
import type { StreamClient, StreamClientOptions } from './stream-client.ts';

interface Part {
  readonly payload?: Result | null;
  readonly errors?: readonly AnswerError[];
}

/** Streams in parts of one body (https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol). */
export function createMultipartStreams(options: StreamClientOptions): StreamClient {
  const { connect, leaveAll } = createResponses(options, (subscription) => ({
    headers: { accept: 'multipart/mixed;subscriptionSpec="1.0", application/json' },
    variables: resumedBy(subscription),
    contentType: /^multipart\/mixed/,
    read(contentType, inbox) {
      const parts = readBodyParts(boundaryOf(contentType), (body) => {
        const { payload, errors } = JSON.parse(body) as Part;
        if (payload != null) inbox.result(payload);
        else if (errors !== undefined) inbox.result({ errors });
        else inbox.heartbeat();
      });
      return (text) => {
        parts.push(text);
        if (parts.closed) inbox.complete();
      };
    },
  }));
  return {
    ...streamsOver('multipart', connect, createInbox),
    [Symbol.asyncDispose]() {
      leaveAll();
      return Promise.resolve();
    },
  };
}
