import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';

/** A subscription as it came in. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly lastEventId: string | null;
  readonly authorization: string | null;
}

/** What a script does to a stream, in the words of its protocol. */
export interface Told {
  next(result: unknown, id?: string): void;
  heartbeat(): void;
  complete(): void;
  /** Ends the stream with errors. */
  fail(errors: readonly unknown[]): void;
  /** The process is gone: no word, no close frame. */
  die(): void;
  /** Over WebSocket: closes the socket. */
  close(code: number): void;
}

export interface ScriptedGateway extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Payloads of the pings that clients sent. */
  readonly pings: readonly unknown[];
  /** Connections that are open. */
  connections(): Promise<number>;
}

/** Speaks the three protocols and does what a test says: for clients, where a real gateway could not be made to do it. */
export async function startScriptedGateway(script: (asked: Asked, told: Told) => void): Promise<ScriptedGateway> {
  const asked: Asked[] = [];
  const pings: unknown[] = [];
  const play = (one: Asked, told: Told): void => {
    asked.push(one);
    script(one, told);
  };
  const server = createServer((request, response) => void answer(request, response, play));
  const sockets = new WebSocketServer({ server, path: '/graphql', handleProtocols: () => 'graphql-transport-ws' });
  sockets.on('connection', (socket) => {
    serve(socket, play, (payload) => pings.push(payload));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    pings,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Play = (asked: Asked, told: Told) => void;

function serve(socket: WebSocket, play: Play, pinged: (payload: unknown) => void): void {
  let authorization: string | null = null;
  const send = (message: unknown): void => {
    socket.send(JSON.stringify(message));
  };
  socket.on('message', (bytes: RawData) => {
    const {
      type,
      id,
      payload = {},
    } = JSON.parse((bytes as Buffer).toString()) as {
      readonly type: string;
      readonly id?: string;
      readonly payload?: { readonly authorization?: string; readonly query?: string; readonly variables?: Asked['variables'] };
    };
    if (type === 'ping') pinged(payload);
    if (type === 'connection_init') {
      authorization = payload.authorization ?? null;
      send({ type: 'connection_ack' });
    }
    if (type !== 'subscribe') return;
    const { query = '', variables = {} } = payload;
    play(
      { query, variables, authorization, lastEventId: null },
      {
        next(result) {
          send({ type: 'next', id, payload: result });
        },
        heartbeat() {
          send({ type: 'ping' });
        },
        complete() {
          send({ type: 'complete', id });
        },
        fail(errors) {
          send({ type: 'error', id, payload: errors });
        },
        die() {
          socket.terminate();
        },
        close(code) {
          socket.close(code);
        },
      },
    );
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, play: Play): Promise<void> {
  const { accept = '', authorization = null, 'last-event-id': lastEventId = null } = request.headers;
  const { query, variables } = JSON.parse((await request.toArray()).join('')) as Pick<Asked, 'query' | 'variables'>;
  const refuse = (errors: readonly unknown[]): void => {
    response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
  };
  const ends = { die: () => response.destroy(), close: () => response.destroy() };
  const told = accept.startsWith('text/event-stream') ? sseOf(response, refuse) : multipartOf(response, refuse);
  play({ query, variables, authorization, lastEventId: lastEventId as string | null }, { ...told, ...ends });
}

type Words = Omit<Told, 'die' | 'close'>;

function sseOf(response: ServerResponse, refuse: Told['fail']): Words {
  const begin = (): void => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  };
  const next: Told['next'] = (result, id) => {
    begin();
    response.write(`event: next\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(result)}\n\n`);
  };
  const complete = (): void => {
    begin();
    response.end('event: complete\ndata:\n\n');
  };
  return {
    next,
    complete,
    heartbeat() {
      begin();
      response.write(':\n\n');
    },
    fail(errors) {
      if (!response.headersSent) {
        refuse(errors);
        return;
      }
      next({ errors });
      complete();
    },
  };
}

function multipartOf(response: ServerResponse, refuse: Told['fail']): Words {
  const head = '\r\ncontent-type: application/json\r\n\r\n';
  const part = (body: unknown): void => {
    if (!response.headersSent)
      response.writeHead(200, { 'content-type': 'multipart/mixed;boundary="-";subscriptionSpec="1.0"' }).write('\r\n---');
    response.write(`${head}${JSON.stringify(body)}\r\n---`);
  };
  return {
    next(result) {
      part({ payload: result });
    },
    heartbeat() {
      part({});
    },
    complete() {
      response.end('--\r\n');
    },
    fail(errors) {
      if (!response.headersSent) {
        refuse(errors);
        return;
      }
      part({ payload: null, errors });
      response.end('--\r\n');
    },
  };
}
