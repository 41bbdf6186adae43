import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { eventually } from '@tally/testkit';
import { WebSocket } from 'ws';

/** A message of graphql-transport-ws, or something that looks like one. */
export interface RawMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket that says whatever it is told, good or bad, and comes to no conclusions from what it hears. */
export interface RawSocket extends Disposable {
  readonly messages: readonly RawMessage[];
  /** Extensions that were agreed upon; empty for none. */
  readonly extensions: string;
  /** Close code; `null` while it is open. */
  readonly closed: number | null;
  say(message: RawMessage): void;
  /** A whole text or binary message. */
  send(content: string | Buffer): void;
  /** Any bytes in place of a frame. */
  sendBytes(bytes: Buffer): void;
  /** Sends `connection_init` and waits until it is acknowledged. */
  greet(token?: string): Promise<void>;
  subscribe(id: string, query: string, variables?: Readonly<Record<string, unknown>>): void;
  /** The first message of that type and id, as soon as it is there. @throws {Error} the socket was closed, or 5 s have passed. */
  heard(type: string, id?: string): Promise<RawMessage>;
  /** Waits for the end, 10 s unless told otherwise. @returns the close code. */
  ended(timeoutMs?: number): Promise<number>;
  /** Reads nothing more, so that the sender feels it. */
  pause(): void;
  proceed(): void;
}

export interface RawSocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Offers permessage-deflate. */
  readonly compression?: boolean;
}

/** An upgrade that was refused. */
export class UpgradeRefusedError extends Error {
  override readonly name = 'UpgradeRefusedError';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`refused with ${String(status)}: ${body}`);
    this.status = status;
    this.body = body;
  }
}

/**
 * Opens a socket with the subprotocol `graphql-transport-ws`.
 *
 * @param url of a gateway, without `/graphql`.
 * @throws {UpgradeRefusedError} it was answered with something else than 101.
 */
export async function openRawSocket(url: string, { headers = {}, compression = false }: RawSocketOptions = {}): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const net: Socket = connect({ host: hostname, port: Number(port) });
  const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, ['graphql-transport-ws'], {
    headers,
    perMessageDeflate: compression,
    createConnection: () => net,
  });
  const messages: RawMessage[] = [];
  let closed: number | null = null;
  ws.on('message', (bytes: Buffer) => messages.push(JSON.parse(bytes.toString()) as RawMessage));
  ws.on('close', (code) => (closed = code));
  ws.on('error', () => undefined); // tells by `close` what came of it
  await opened(ws);

  const socket: RawSocket = {
    messages,
    extensions: ws.extensions,
    get closed() {
      return closed;
    },
    say(message) {
      ws.send(JSON.stringify(message));
    },
    send(content) {
      ws.send(content);
    },
    sendBytes(bytes) {
      net.write(bytes);
    },
    async greet(token) {
      socket.say({ type: 'connection_init', ...(token === undefined ? {} : { payload: { authorization: `Bearer ${token}` } }) });
      await socket.heard('connection_ack');
    },
    subscribe(id, query, variables = {}) {
      socket.say({ type: 'subscribe', id, payload: { query, variables } });
    },
    heard(type, id) {
      return eventually(() => {
        const found = messages.find((message) => message.type === type && (id === undefined || message.id === id));
        if (found === undefined) throw new Error(closed === null ? `no ${type} yet` : `closed with ${String(closed)} before ${type}`);
        return found;
      });
    },
    async ended(timeoutMs = 10_000) {
      return await eventually(
        () => {
          if (closed === null) throw new Error('the socket is open');
          return closed;
        },
        { timeoutMs },
      );
    },
    pause() {
      ws.pause();
    },
    proceed() {
      ws.resume();
    },
    [Symbol.dispose]() {
      ws.terminate();
    },
  };
  return socket;
}

async function opened(ws: WebSocket): Promise<void> {
  const { promise: refused, reject } = Promise.withResolvers<never>();
  ws.once('unexpected-response', (_, response: IncomingMessage) => {
    response.toArray().then((pieces: readonly Buffer[]) => {
      reject(new UpgradeRefusedError(response.statusCode ?? 0, Buffer.concat(pieces).toString()));
    }, reject);
  });
  await Promise.race([once(ws, 'open'), refused]);
}

/** What a frame says about itself. */
export interface FrameFacts {
  /** Opcode with the bits FIN and RSV1 to RSV3: 0x81 is a whole text message. */
  readonly first: number;
  readonly payload: Buffer;
  /** Default: as the protocol demands of clients. */
  readonly masked?: boolean;
  /** Length that the header claims; default: that of the payload. */
  readonly claims?: number;
}

/** One frame, well formed or not. @see RFC 6455, 5.2 */
export function frame({ first, payload, masked = true, claims = payload.length }: FrameFacts): Buffer {
  const header = Buffer.alloc(claims < 126 ? 2 : claims <= 0xffff ? 4 : 10);
  header[0] = first;
  header[1] = (masked ? 0x80 : 0) | (claims < 126 ? claims : claims <= 0xffff ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(claims, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(claims), 2);
  // A mask of zeros changes nothing.
  return Buffer.concat([header, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}
