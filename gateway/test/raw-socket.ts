import { once } from 'node:events';
import { eventually } from '@tally/testkit';
import { WebSocket, type ClientOptions } from 'ws';

export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket that says what a test tells it, good or bad. */
export interface RawSocket extends Disposable {
  readonly ws: WebSocket;
  readonly messages: readonly SocketMessage[];
  /** `null` while it is open. */
  readonly closed: { readonly code: number; readonly reason: string } | null;
  say(message: SocketMessage): void;
  /** Sends text, or binary. */
  send(data: string | Buffer): void;
  /** Waits for `connection_ack`. */
  greet(payload?: Readonly<Record<string, unknown>>): Promise<void>;
  subscribe(id: string, query?: string, variables?: Readonly<Record<string, unknown>>): void;
  /** Waits for the first message that fits. */
  heard(fits: (message: SocketMessage) => boolean): Promise<SocketMessage>;
  /** Waits for the end. */
  end(): Promise<number>;
}

const protocol = 'graphql-transport-ws';

/** Opens a socket. @throws the HTTP status, as message of an error, when the upgrade is refused. */
export async function openSocket(
  url: string,
  options: ClientOptions & { readonly protocols?: readonly string[] } = {},
): Promise<RawSocket> {
  const { protocols = [protocol], ...rest } = options;
  const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, [...protocols], rest);
  const messages: SocketMessage[] = [];
  let closed: RawSocket['closed'] = null;
  ws.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as SocketMessage));
  ws.on('close', (code, reason) => (closed = { code, reason: reason.toString() }));
  ws.on('error', () => undefined);
  const refusal = once(ws, 'unexpected-response').then(([, response]) => {
    throw new Error(String((response as { statusCode: number }).statusCode));
  });
  await Promise.race([once(ws, 'open'), refusal]);
  refusal.catch(() => undefined);

  const socket: RawSocket = {
    ws,
    messages,
    get closed() {
      return closed;
    },
    say(message) {
      ws.send(JSON.stringify(message));
    },
    send(data) {
      ws.send(data);
    },
    async greet(payload) {
      socket.say({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) });
      await socket.heard(({ type }) => type === 'connection_ack');
    },
    subscribe(id, query = 'subscription { a }', variables = {}) {
      socket.say({ type: 'subscribe', id, payload: { query, variables } });
    },
    async heard(fits) {
      let found: SocketMessage | undefined;
      await eventually(() => {
        found = messages.find(fits);
        if (found === undefined && closed !== null) throw new Error(`closed with ${String(closed.code)} ${closed.reason}`);
        return found !== undefined;
      });
      return found as SocketMessage;
    },
    async end() {
      await eventually(() => closed !== null);
      return closed?.code ?? 0;
    },
    [Symbol.dispose]() {
      ws.terminate();
    },
  };
  return socket;
}
