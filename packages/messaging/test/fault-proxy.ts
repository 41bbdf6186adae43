import { connect, createServer, type Socket } from 'node:net';

/**
 * A TCP proxy that misbehaves on demand. States: `open` passes everything; `cut` has ended all connections and refuses new ones; `stalled` keeps
 * connections and passes nothing; `deaf` passes requests and swallows what comes back.
 */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** The URL with host and port of this proxy. */
  through(url: string): string;
  heal(): void;
  cut(): void;
  stall(): void;
  loseReplies(): void;
}

type State = 'open' | 'cut' | 'stalled' | 'deaf';

/** Listens on a free port of 127.0.0.1 in front of the server that `url` names. */
export async function startFaultProxy(url: string): Promise<FaultProxy> {
  const target = new URL(url);
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  let state: State = 'open';

  const listener = createServer((client) => {
    if (state === 'cut') return void client.destroy();
    const server = connect({ host: target.hostname, port: Number(target.port) });
    const pair = { client, server };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (bytes) => {
      if (state === 'open' || state === 'deaf') server.write(bytes);
      else held(pair, 'toServer', bytes);
    });
    server.on('data', (bytes) => {
      if (state === 'open') client.write(bytes);
      else if (state === 'stalled') held(pair, 'toClient', bytes);
    });
  });
  const waiting: {
    readonly pair: { readonly client: Socket; readonly server: Socket };
    readonly way: 'toServer' | 'toClient';
    readonly bytes: Buffer;
  }[] = [];
  const held = (pair: { readonly client: Socket; readonly server: Socket }, way: 'toServer' | 'toClient', bytes: Buffer): void => {
    waiting.push({ pair, way, bytes });
  };
  const endAll = (): void => {
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
    waiting.length = 0;
  };

  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    through(other) {
      const proxied = new URL(other);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(port);
      return proxied.href;
    },
    heal() {
      // A connection that lost bytes is of no use; one that was only held up goes on.
      if (state === 'deaf') endAll();
      state = 'open';
      for (const { pair, way, bytes } of waiting.splice(0)) (way === 'toServer' ? pair.server : pair.client).write(bytes);
    },
    cut() {
      state = 'cut';
      endAll();
    },
    stall: () => void (state = 'stalled'),
    loseReplies: () => void (state = 'deaf'),
    async [Symbol.asyncDispose]() {
      endAll();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
