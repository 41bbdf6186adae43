import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { Refusal } from '../../refusal.ts';
import { clientAddress } from '../client-address.ts';
import type { Room } from '../streams/room.ts';
import { turnedAway } from '../streams/turned-away.ts';
import { Connection } from './connection.ts';
import { mayOpenSocket } from './origin.ts';
import { createProtocol } from './protocol.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import type { SocketRoom } from './socket-room.ts';
import type { Wire } from './wire.ts';

/** All WebSockets of this process. */
export interface SocketHub {
  /** What `http.Server` calls for an upgrade to WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes those without a subscription with 1001. */
  closeIdle(): void;
  /** Closes all with 1001. */
  closeAll(): void;
  /** Ends the closing handshakes that clients have not finished. */
  cut(): void;
}

const path = '/graphql';

/** What a client gets to finish the closing handshake. */
const closeTimeoutMs = 5_000;

export function createSocketHub(room: Room, trustedProxies: number): SocketHub {
  const allowed = new Set(room.allowedOrigins);
  const connections = new Set<Connection>();
  const closing = new Set<Wire>();
  const protocol = createProtocol();
  const socketRoom: SocketRoom = { ...room, connections, closing };
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: room.limits.messageBytes,
    handleProtocols,
    // One message at a time: what graphql-ws begins for one is in place before it sees the next.
    allowSynchronousEvents: false,
    // Of ws 8.19 and later; the types do not know it yet.
    closeTimeout: closeTimeoutMs,
  };
  const acceptor = new WebSocketServer(options);

  function enter(request: IncomingMessage, address: string): Refusal | null {
    if (request.url?.split('?', 1)[0] !== path) return turnedAway('path');
    if (room.draining()) return turnedAway('draining');
    if (!mayOpenSocket(request.headers, allowed)) return turnedAway('origin');
    const entered = room.occupancy.enter(address);
    return entered.ok ? null : turnedAway(entered.because, entered.retryAfterMs);
  }

  return {
    upgrade(request, socket, head) {
      // Over TLS too it is a net.Socket; the type allows servers of other makes.
      if (!(socket instanceof Socket)) return void socket.destroy();
      const address = clientAddress(request, trustedProxies);
      const refused = enter(request, address);
      if (refused !== null) {
        room.telemetry.rejected(refused.reason);
        return refuseUpgrade(socket, refused);
      }
      let accepted = false;
      acceptor.handleUpgrade(request, socket, head, (ws) => {
        accepted = true;
        new Connection(ws, socket, address, socketRoom).begin(protocol);
      });
      // What ws refused it has answered.
      if (!accepted) room.occupancy.leave(address, { kind: 'anonymous' });
    },
    closeIdle() {
      for (const connection of connections) {
        if (connection.idle) connection.shutDown();
      }
    },
    closeAll() {
      for (const connection of connections) connection.shutDown();
    },
    cut() {
      for (const wire of closing) wire.cut();
    },
  };
}
