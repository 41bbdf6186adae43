import type { Room } from '../streams/room.ts';
import type { Connection } from './connection.ts';
import type { Wire } from './wire.ts';

/** What sockets share. */
export interface SocketRoom extends Room {
  /** All that are not over. */
  readonly connections: Set<Connection>;
  /** Those that are over and have not finished the closing handshake. */
  readonly closing: Set<Wire>;
}
