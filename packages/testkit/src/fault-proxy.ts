import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy that misbehaves on demand. States:
 *
 * open       everything passes, after `delay` milliseconds where that was asked for
 * refusing   nobody listens: connections have ended, new ones are refused for certain
 * cut        connections have ended, new ones end at once
 * stalled    connections stay and nothing passes; it arrives when healed
 * deaf       what the client sends arrives, what comes back is lost
 * mute       what the client sends is lost, what the server says on its own arrives
 * half-open  the server has gone without a word: its side has ended, the client's stays open and silent, new connections too
 */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections of clients at this moment. */
  readonly sockets: number;
  /** The most connections of clients at once since `forget`, or ever. */
  readonly peak: number;
  /** Begins to count the peak anew. */
  forget(): void;
  /** The URL with host and port of this proxy. */
  through(url: string): string;
  /** Back to open. What was held arrives; a connection that lost bytes ends. */
  heal(): void;
  cut(): void;
  /** Resolves once nobody listens. */
  refuse(): Promise<void>;
  stall(): void;
  loseReplies(): void;
  loseRequests(): void;
  halfOpen(): void;
  /** Replies come that much later, in milliseconds, in their order. */
  delay(ms: number): void;
}

type State = 'open' | 'refusing' | 'cut' | 'stalled' | 'deaf' | 'mute' | 'half-open';
type Way = 'toServer' | 'toClient';

interface Pair {
  readonly client: Socket;
  readonly server: Socket | null;
  /** Bytes of it were swallowed, so that it is of no use any more. */
  torn: boolean;
}

interface Held {
  readonly pair: Pair;
  readonly way: Way;
  readonly bytes: Buffer;
}

const passes: Readonly<Record<State, readonly Way[]>> = {
  open: ['toServer', 'toClient'],
  deaf: ['toServer'],
  mute: ['toClient'],
  refusing: [],
  cut: [],
  stalled: [],
  'half-open': [],
};

/**
 * Listens on a free port of 127.0.0.1 in front of a server.
 *
 * @param url names the server, its host and port; a function is asked at each connection, for a server that is not there yet.
 */
export async function startFaultProxy(url: string | (() => string)): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  const held: Held[] = [];
  let state: State = 'open';
  let delayMs = 0;
  let peak = 0;

  const listener = createServer((client) => {
    if (state === 'cut' || state === 'refusing') return void client.destroy();
    const target = new URL(typeof url === 'string' ? url : url());
    const server = state === 'half-open' ? null : connect({ host: target.hostname, port: Number(target.port) });
    const pair: Pair = { client, server, torn: server === null };
    pairs.add(pair);
    // A client that opens one connection as it ends another is seen to do both before it is counted.
    setImmediate(() => (peak = Math.max(peak, pairs.size)));
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server?.destroy();
    };
    const endUnlessOrphaned = (): void => {
      if (state === 'half-open') pair.torn = true;
      else end();
    };
    client.setNoDelay(true);
    client.on('error', end).on('close', end);
    client.on('data', (bytes) => handle({ pair, way: 'toServer', bytes }));
    server?.setNoDelay(true);
    server?.on('error', endUnlessOrphaned).on('close', endUnlessOrphaned);
    server?.on('data', (bytes) => handle({ pair, way: 'toClient', bytes }));
  });

  function handle(one: Held): void {
    if (state === 'stalled') return void held.push(one);
    if (!passes[state].includes(one.way) || one.pair.torn) return void (one.pair.torn = true);
    if (delayMs === 0 || one.way === 'toServer') deliver(one);
    else setTimeout(() => (state === 'stalled' ? held.push(one) : deliver(one)), delayMs).unref();
  }

  const endPair = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server?.destroy();
  };
  const endAll = (): void => {
    for (const pair of pairs) endPair(pair);
    held.length = 0;
  };

  const port = await listenOn(listener, 0);
  return {
    port,
    get sockets() {
      return pairs.size;
    },
    get peak() {
      return peak;
    },
    forget: () => void (peak = pairs.size),
    through(other) {
      const proxied = new URL(other);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(port);
      return proxied.href;
    },
    heal() {
      for (const pair of pairs) if (pair.torn) endPair(pair);
      if (state === 'refusing') void listenOn(listener, port);
      state = 'open';
      delayMs = 0;
      for (const one of held.splice(0)) deliver(one);
    },
    cut() {
      state = 'cut';
      endAll();
    },
    async refuse() {
      if (state === 'refusing') return;
      state = 'refusing';
      const closed = new Promise((resolve) => listener.close(resolve));
      endAll();
      await closed;
    },
    stall: () => void (state = 'stalled'),
    loseReplies: () => void (state = 'deaf'),
    loseRequests: () => void (state = 'mute'),
    halfOpen() {
      state = 'half-open';
      for (const pair of pairs) {
        pair.torn = true;
        pair.server?.destroy();
      }
    },
    delay: (ms) => void (delayMs = ms),
    async [Symbol.asyncDispose]() {
      endAll();
      if (listener.listening) await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function deliver({ pair, way, bytes }: Held): void {
  const socket = way === 'toServer' ? pair.server : pair.client;
  if (socket?.destroyed === false) socket.write(bytes);
}

/** @returns the port. */
async function listenOn(listener: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', () => {
      listener.off('error', reject);
      resolve();
    });
  });
  const address = listener.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
