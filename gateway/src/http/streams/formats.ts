import type { GraphQLFormattedError } from 'graphql';
import type { StreamEnd, StreamResult } from '../../subscriptions/stream.ts';
import { joined } from '../joined.ts';
import type { ResponseProtocol } from './negotiate.ts';

/** How a stream looks inside an HTTP response. */
export interface StreamFormat {
  readonly contentType: string;
  /** Goes out first, so that the client knows that the stream is open. */
  readonly opening: string;
  readonly heartbeat: string;
  result(result: StreamResult): Buffer;
  /** Last words. Without errors the stream is complete. */
  ending(errors: readonly GraphQLFormattedError[], reason: StreamEnd['reason'] | 'identity'): string;
}

/**
 * GraphQL over SSE, distinct connections. A shutdown ends the response and says nothing: `complete` would be final, and clients come back by themselves
 * after a cut.
 *
 * @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 */
const sse: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  opening: ':\n\n',
  heartbeat: ':\n\n',
  result({ payload, sequence }) {
    const id = sequence === null ? '' : `id: ${String(sequence)}\n`;
    return joined(`event: next\n${id}data: `, onOneLine(payload), '\n\n');
  },
  ending(errors, reason) {
    if (reason === 'shutdown') return '';
    const last = errors.length === 0 ? '' : `event: next\ndata: ${JSON.stringify({ errors })}\n\n`;
    // Without a `data` line browsers would not dispatch it.
    return `${last}event: complete\ndata:\n\n`;
  },
};

const boundary = 'graphql';

/** A part ends with the delimiter of the next: clients take a part for whole when they see it. */
const part = (json: string): string => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--${boundary}`;

/** @see https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol */
const multipart: StreamFormat = {
  contentType: `multipart/mixed;boundary="${boundary}";subscriptionSpec=1.0`,
  opening: `\r\n--${boundary}`,
  heartbeat: part('{}'),
  result: ({ payload }) => joined('\r\ncontent-type: application/json\r\n\r\n{"payload":', payload, `}\r\n--${boundary}`),
  ending: (errors) => `${errors.length === 0 ? '' : part(JSON.stringify({ payload: null, errors }))}--\r\n`,
};

export const formats: Readonly<Record<ResponseProtocol, StreamFormat>> = { sse, multipart };

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** JSON may have line breaks between its tokens, and only there; in an event a line break ends the data. */
function onOneLine(json: Buffer): Buffer {
  if (!json.includes(lineFeed) && !json.includes(carriageReturn)) return json;
  return Buffer.from(json.map((byte) => (byte === lineFeed || byte === carriageReturn ? space : byte)));
}
