import { readEventLines } from './event-lines.ts';
import { streamsOver } from './event-stream.ts';
import { createInbox, type Result } from './inbox.ts';
import { createResponses } from './response.ts';
import type { StreamClient, StreamClientOptions } from './stream-client.ts';

/** Streams of server-sent events in distinct connections (https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md). */
export function createSseStreams(options: StreamClientOptions): StreamClient {
  const { connect, leaveAll } = createResponses(options, ({ variables, resumeAfter }) => ({
    headers: { accept: 'text/event-stream', ...(resumeAfter === null ? {} : { 'last-event-id': String(resumeAfter) }) },
    variables,
    contentType: /^text\/event-stream/,
    read: (_, inbox) =>
      readEventLines(({ event, data, id }) => {
        if (event === 'next') inbox.result(JSON.parse(data) as Result, id);
        if (event === 'complete') inbox.complete();
      }, inbox.heartbeat),
  }));
  return {
    ...streamsOver('sse', connect, createInbox),
    [Symbol.asyncDispose]() {
      leaveAll();
      return Promise.resolve();
    },
  };
}
