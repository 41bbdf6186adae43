import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { monotonicMs } from '../monotonic.ts';
import { eachFrame, opcodes, toFrame } from './frames.ts';

/** What a member of the crowd is told. */
export interface MemberEvents {
  /** The socket speaks graphql-transport-ws. */
  opened(member: Member): void;
  /** A message has come; it is only good until this returns. @param atMs by the clock that all processes share. */
  message(member: Member, message: Buffer, atMs: number): void;
  /** The socket is closed, whoever did it. @param why code and reason of the server, if it gave any. */
  closed(member: Member, why: string): void;
}

// Reads are handled before the next one, so that all sockets can share a buffer.
const buffer = Buffer.alloc(64 * 1024);
const endOfHead = Buffer.from('\r\n\r\n');
const nothing = Buffer.alloc(0);

/** A client of graphql-transport-ws on a bare socket: a WebSocket library would cost more than what is measured. */
export class Member {
  readonly index: number;
  readonly #events: MemberEvents;
  readonly #socket: Socket;
  #upgraded = false;
  #paused = false;
  #rest: Buffer = nothing;
  #fragments: Buffer | null = null;
  #why = '';

  constructor(index: number, port: number, events: MemberEvents) {
    this.index = index;
    this.#events = events;
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer,
        callback: (length) => {
          this.#read(buffer.subarray(0, length), monotonicMs());
          return !this.#paused;
        },
      },
    });
    this.#socket.on('error', (error) => (this.#why ||= error.message));
    this.#socket.on('close', () => {
      events.closed(this, this.#why);
    });
    this.#socket.write(
      `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
    );
  }

  send(...messages: readonly object[]): void {
    this.#socket.write(Buffer.concat(messages.map((message) => toFrame(opcodes.text, JSON.stringify(message)))));
  }

  /** Reads nothing from now on. */
  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  /** Leaves without a word. */
  drop(): void {
    this.#socket.destroy();
  }

  /** Leaves as the protocol says. */
  leave(): void {
    this.#socket.end(toFrame(opcodes.close, ''));
  }

  #read(fresh: Buffer, atMs: number): void {
    const bytes = this.#rest.length === 0 ? fresh : Buffer.concat([this.#rest, fresh]);
    if (this.#upgraded) {
      this.#rest = eachFrame(bytes, (opcode, final, payload) => {
        this.#frame(opcode, final, payload, atMs);
      });
      return;
    }
    const end = bytes.indexOf(endOfHead);
    this.#rest = Buffer.from(bytes);
    if (end < 0) return;
    const head = bytes.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 101 ')) {
      this.#why = head.slice(0, head.indexOf('\r\n'));
      this.drop();
      return;
    }
    this.#upgraded = true;
    this.#rest = nothing;
    this.#events.opened(this);
    if (bytes.length > end + endOfHead.length) this.#read(bytes.subarray(end + endOfHead.length), atMs);
  }

  #frame(opcode: number, final: boolean, payload: Buffer, atMs: number): void {
    switch (opcode) {
      case opcodes.text:
      case opcodes.continued: {
        const message = this.#fragments === null ? payload : Buffer.concat([this.#fragments, payload]);
        this.#fragments = final ? null : Buffer.from(message);
        if (final) this.#events.message(this, message, atMs);
        break;
      }
      case opcodes.ping:
        this.#socket.write(toFrame(opcodes.pong, payload.toString('latin1')));
        break;
      case opcodes.close:
        this.#why = payload.length < 2 ? 'closed' : `${String(payload.readUInt16BE(0))} ${payload.toString('utf8', 2)}`;
        this.#socket.end();
        break;
    }
  }
}
