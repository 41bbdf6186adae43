import { once } from 'node:events';
import { Client } from 'undici';
import { WebSocket, type RawData } from 'ws';
import type { Protocol } from './stream-client.ts';

/** What a subscription is asked with. */
export interface WireQuestion {
  /** Of a gateway, without `/graphql`. */
  readonly url: string;
  readonly token: string | undefined;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Everything that is answered to one subscription, as it stands on the wire. Disposal closes the connection. */
export interface WireAnswer extends AsyncDisposable {
  /** So far. Over HTTP: status, headers but `date`, body; over a WebSocket: its frames, line by line. */
  said(): string;
}

const patienceMs = 20_000;
const accepts = { sse: 'text/event-stream', multipart: 'multipart/mixed;subscriptionSpec="1.0"' } as const;

/**
 * Subscribes and waits for the first answer. A WebSocket stays open and goes on listening.
 *
 * @throws {Error} nothing was answered for 20 s.
 */
export const askOnTheWire = (protocol: Protocol, question: WireQuestion): Promise<WireAnswer> =>
  protocol === 'websocket' ? askBySocket(question) : askByRequest(accepts[protocol], question);

async function askByRequest(accept: string, { url, token, query, variables }: WireQuestion): Promise<WireAnswer> {
  const client = new Client(url, { headersTimeout: patienceMs, bodyTimeout: patienceMs });
  const { statusCode, headers, body } = await client.request({
    path: '/graphql',
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { date: _date, ...rest } = headers;
  let text = `${String(statusCode)}\n${JSON.stringify(rest)}\n`;
  body.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  body.on('error', () => undefined); // cut by us
  const ended = once(body, 'close');
  if (statusCode !== 200) await ended;
  return { said: () => text, [Symbol.asyncDispose]: () => client.destroy() };
}

async function askBySocket({ url, token, query, variables }: WireQuestion): Promise<WireAnswer> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', { perMessageDeflate: false });
  const frames: string[] = [];
  const answered = Promise.withResolvers<undefined>();
  const settled = AbortSignal.timeout(patienceMs);
  settled.addEventListener('abort', () => {
    answered.reject(new Error(`no answer over the socket, only ${frames.join('\n')}`));
  });
  socket.on('message', (bytes: RawData) => {
    const frame = (bytes as Buffer).toString();
    const { type } = JSON.parse(frame) as { readonly type: string };
    if (type === 'ping') return;
    frames.push(frame);
    if (type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
    else answered.resolve(undefined);
  });
  socket.on('close', (code: number) => {
    frames.push(`closed with ${String(code)}`);
    answered.resolve(undefined);
  });
  await once(socket, 'open');
  const payload = token === undefined ? {} : { authorization: `Bearer ${token}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await answered.promise;
  return {
    said: () => frames.join('\n'),
    [Symbol.asyncDispose]() {
      socket.terminate();
      return Promise.resolve();
    },
  };
}
