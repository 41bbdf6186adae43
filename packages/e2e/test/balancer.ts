import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One address in front of several gateways: each connection goes to the next one. Disposal ends all of them. */
export interface Balancer extends AsyncDisposable {
  /** Origin. */
  readonly url: string;
}

/** @param origins of gateways; they see the address from which a client came. */
export async function startBalancer(origins: readonly string[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const { hostname, port } = new URL(origins[turn++ % origins.length] ?? '');
    const { remoteAddress } = client;
    // Every address of the loopback network is this machine, also as the sender of what is passed on.
    const gateway = connect({
      host: hostname,
      port: Number(port),
      ...(remoteAddress === undefined ? {} : { localAddress: remoteAddress }),
    });
    join(client, gateway);
    join(gateway, client);
    for (const socket of [client, gateway]) open.add(socket.on('close', () => open.delete(socket)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** What one says reaches the other; so does its end, with or without a word. */
function join(from: Socket, to: Socket): void {
  from.setNoDelay(true).pipe(to);
  from.on('error', () => undefined); // `close` follows
  from.on('close', (failed) => {
    if (failed) to.resetAndDestroy();
    else to.destroySoon();
  });
}
