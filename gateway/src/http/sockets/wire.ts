import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Resident } from '../sweep.ts';
import { beginFrame, nextFrame, suffix } from './frames.ts';
import type { Closing } from './operation.ts';
import type { SocketRoom } from './socket-room.ts';

/** Payloads below this size are copied: cheaper than to write a frame in parts. */
const copiedBytes = 16 * 1024;

/** Who reads a wire and writes to it. */
export interface WireOwner {
  message(text: string): void;
  /** The client has caught up. */
  flows(): void;
  /** The client is gone, or was let go; not called after `Wire.close()`. */
  lost(closing: Closing): void;
}

/**
 * A WebSocket and its TCP socket. *Flowing*; *stalled* from the moment more than `waitingBytes` wait for the client: nothing is read from it until all of
 * them have left, so what it asks for cannot pile up either. *Closed*: nothing is sent or read, though the closing handshake may go on.
 */
export class Wire implements Resident {
  readonly #ws: WebSocket;
  readonly #net: Socket;
  readonly #room: SocketRoom;
  readonly #owner: WireOwner;
  readonly #seat: number;
  #silentBeats = 0;
  #stalled = false;
  #closed = false;

  constructor(ws: WebSocket, net: Socket, room: SocketRoom, owner: WireOwner) {
    this.#ws = ws;
    this.#net = net;
    this.#room = room;
    this.#owner = owner;
    this.#seat = room.sweep.add(this);
    ws.on('message', (data: Buffer) => {
      this.#silentBeats = 0;
      if (!this.#closed) owner.message(data.toString());
    });
    ws.on('pong', () => {
      this.#silentBeats = 0;
    });
    // A frame that is too large or no frame at all: ws has answered with the code of RFC 6455.
    ws.on('error', () => {
      this.#lose('client');
    });
    ws.on('close', () => {
      this.#lose('client');
      room.closing.delete(this);
    });
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  send(text: string): void {
    if (this.#isOpen()) this.#ws.send(text);
    this.#measure();
  }

  /** Writes a `next` message around a payload that others get too. `false`: nothing more until `WireOwner.flows`. */
  next(id: string, payload: Buffer): boolean {
    if (!this.#isOpen()) return false;
    // Past ws, which would write header and content apart. Without compression it holds no frame back that this one could overtake.
    if (payload.length < copiedBytes) {
      this.#net.write(nextFrame(id, payload));
    } else {
      this.#net.cork();
      this.#net.write(beginFrame(id, payload.length, 0).frame);
      this.#net.write(payload);
      this.#net.write(suffix, 'latin1');
      this.#net.uncork();
    }
    this.#measure();
    return !this.#stalled;
  }

  /** Says why and hangs up. What waits for a stalled client is thrown away: it has no right to it any more. */
  close(code: number, reason: string): void {
    if (!this.#shut()) return;
    this.#room.closing.add(this);
    if (this.#stalled) this.#ws.terminate();
    else this.#ws.close(code, reason);
  }

  /** Ends a closing handshake that the client does not finish. */
  cut(): void {
    this.#ws.terminate();
  }

  beat(): void {
    const { heartbeatMs, silenceMs } = this.#room.limits;
    if (this.#silentBeats * heartbeatMs >= silenceMs) {
      this.drop();
    } else {
      this.#silentBeats += 1;
      this.#ws.ping();
    }
  }

  drainedBytes(): number {
    return this.#net.bytesWritten - this.#net.writableLength;
  }

  drop(): void {
    this.#room.telemetry.rejected(this.#stalled ? 'slow' : 'silent');
    this.#lose(this.#stalled ? 'slow_consumer' : 'client');
    this.#ws.terminate();
  }

  #isOpen(): boolean {
    return !this.#closed && this.#ws.readyState === this.#ws.OPEN;
  }

  #measure(): void {
    if (this.#stalled || !this.#isOpen() || this.#ws.bufferedAmount <= this.#room.limits.waitingBytes) return;
    this.#stalled = true;
    this.#ws.pause();
    this.#room.sweep.stalled(this);
    this.#net.once('drain', () => {
      this.#drained();
    });
  }

  #drained(): void {
    this.#stalled = false;
    if (this.#closed) return;
    this.#room.sweep.flowing(this);
    this.#ws.resume();
    this.#owner.flows();
  }

  #lose(closing: Closing): void {
    if (this.#shut()) this.#owner.lost(closing);
  }

  #shut(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.#room.sweep.remove(this, this.#seat);
    return true;
  }
}
