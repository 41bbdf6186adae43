import { expect, test } from 'vitest';
import { streamProtocolOf } from './negotiate.ts';

test.each([
  ['nothing', undefined, null],
  ['anything', '*/*', null],
  ['JSON', 'application/json', null],
  ['server-sent events', 'text/event-stream', 'sse'],
  ['server-sent events with parameters', 'Text/Event-Stream; charset=utf-8', 'sse'],
  ['multipart as documented', 'multipart/mixed;subscriptionSpec="1.0", application/json', 'multipart'],
  ['multipart as Apollo Client sends it', 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json', 'multipart'],
  ['multipart for deferred fragments', 'multipart/mixed;deferSpec=20220824, application/json', null],
  ['multipart of another version', 'multipart/mixed;subscriptionSpec=2.0', null],
  ['JSON before events, as urql sends it for queries', 'application/json, text/event-stream, multipart/mixed', null],
  ['events before JSON', 'text/event-stream, application/json', 'sse'],
  ['events, but JSON rather', 'text/event-stream;q=0.5, application/json', null],
  ['JSON, but events rather', 'application/json;q=0.5, text/event-stream', 'sse'],
  ['no events', 'text/event-stream;q=0', null],
  ['a page', 'text/html,application/xhtml+xml', null],
])('a client that accepts %s', (_, accept, protocol) => {
  expect(streamProtocolOf(accept)).toBe(protocol);
});
