import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** The connections of one client. Disposal ends them at once and lets no new ones be made. */
export interface Sockets extends Disposable {
  readonly factory: ISocketFactory;
}

/**
 * Remembers connections, so that they can be ended while requests are under way: kafkajs itself waits for the answers first, which on a connection
 * that hangs never come.
 */
export function createSockets(connect: ISocketFactory = openSocket): Sockets {
  const open = new Set<Socket>();
  let closed = false;
  return {
    factory(to) {
      if (closed) throw new Error('the client is closed');
      const socket = connect(to);
      socket.setNoDelay(true);
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      return socket;
    },
    [Symbol.dispose]() {
      closed = true;
      for (const socket of open) socket.destroy(new Error('the client is closed'));
    },
  };
}

const openSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = isOn(ssl)
    ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...(typeof ssl === 'object' ? ssl : {}) }, onConnect)
    : connectTcp({ host, port }, onConnect);
  return socket.setKeepAlive(true, 30_000);
};

/** The declared type knows the options alone; what arrives is what the client was made with. */
const isOn = (ssl: unknown): boolean => ssl !== undefined && ssl !== null && ssl !== false;
