import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { ClientGoneError } from '../../execution/fetch-from-subgraph.ts';
import type { PresenceEnd } from '../../identity/presences.ts';
import type { Sink, Stream, StreamEnd, StreamResult } from '../../subscriptions/stream.ts';
import type { Resident } from '../sweep.ts';
import type { StreamFormat } from './formats.ts';
import { identityEnded } from './identity-ended.ts';
import type { Opened } from './opening.ts';
import { refuse } from './refuse.ts';
import type { Room } from './room.ts';

const headers = {
  'cache-control': 'no-store, no-transform',
  'x-content-type-options': 'nosniff',
  // Else nginx would collect results until a buffer of its own is full.
  'x-accel-buffering': 'no',
};

/**
 * The answer that carries a stream. *Opening*: nothing is written, so a refusal can still be a plain answer. *Open*, from the first result or the opened
 * stream on: results and heartbeats are written. *Stalled*: open, and the client reads too slowly. *Over*: nothing more is written, and the stream is
 * closed or will be as soon as it is open.
 */
export class OpenResponse implements Sink, Resident {
  /** Aborted when the client leaves, or may not stay, while the stream is being opened. */
  readonly leaving = new AbortController();
  readonly #reply: FastifyReply;
  readonly #raw: ServerResponse;
  readonly #format: StreamFormat;
  readonly #room: Room;
  #state: 'opening' | 'open' | 'stalled' | 'over' = 'opening';
  #stream: Stream | null = null;
  /** Set when this side ended it. */
  #closing: Parameters<Stream['close']>[0] | null = null;
  /** The stream was told to wait for `resume`. */
  #waits = false;
  #seat = 0;
  #lastSequence: number | null = null;

  constructor(reply: FastifyReply, format: StreamFormat, room: Room) {
    this.#reply = reply;
    this.#raw = reply.raw;
    this.#format = format;
    this.#room = room;
    // A write after the client has gone is no fault of ours.
    this.#raw.on('error', () => undefined);
    this.#raw.once('close', () => {
      this.close('client');
    });
  }

  /** The stream is open, or refused. */
  settle(opened: Opened<Stream>): void {
    if (this.#state === 'over') {
      if (opened.ok && this.#closing !== null) opened.value.close(this.#closing);
    } else if (opened.ok) {
      this.#stream = opened.value;
      this.#begin();
      this.#resume();
    } else {
      this.#over();
      refuse(this.#reply, opened.refused);
    }
  }

  next(result: StreamResult): boolean {
    if (this.#state === 'over') return false;
    this.#begin();
    this.#lastSequence = result.sequence ?? this.#lastSequence;
    this.#waits = !this.#write(this.#format.result(result));
    return !this.#waits;
  }

  end({ reason, errors }: StreamEnd): void {
    if (this.#state === 'over') return;
    this.#begin();
    this.#over();
    this.#raw.end(this.#format.ending(errors, reason));
  }

  /** The caller may not listen any more. */
  expire(reason: PresenceEnd, traceId: string): void {
    const before = this.#state;
    if (before === 'over') return;
    this.close(reason);
    const refused = identityEnded(reason, traceId, this.#lastSequence);
    if (before === 'opening') refuse(this.#reply, refused);
    else if (before === 'open') this.#raw.end(this.#format.ending(refused.errors, 'identity'));
    // What waits for a stalled client it has no right to any more.
    else this.#raw.destroy();
  }

  /** Ends the stream from this side, whatever state it is in. */
  close(closing: Parameters<Stream['close']>[0]): void {
    if (this.#state === 'over') return;
    this.#closing = closing;
    this.leaving.abort(new ClientGoneError());
    this.#stream?.close(closing);
    this.#over();
  }

  beat(): void {
    this.#write(this.#format.heartbeat);
  }

  drainedBytes(): number {
    const { socket } = this.#raw;
    return socket === null ? 0 : socket.bytesWritten - socket.writableLength;
  }

  drop(): void {
    this.#room.telemetry.rejected('slow');
    this.close('slow_consumer');
    this.#raw.destroy();
  }

  #begin(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#seat = this.#room.sweep.add(this);
    this.#reply.hijack();
    this.#raw.writeHead(200, { 'content-type': this.#format.contentType, ...headers });
    this.#write(this.#format.opening);
  }

  #write(text: string | Buffer): boolean {
    const flows = this.#raw.write(text);
    if (!flows && this.#state === 'open') {
      this.#state = 'stalled';
      this.#room.sweep.stalled(this);
      this.#raw.once('drain', () => {
        this.#drained();
      });
    }
    return flows;
  }

  #drained(): void {
    if (this.#state !== 'stalled') return;
    this.#state = 'open';
    this.#room.sweep.flowing(this);
    this.#resume();
  }

  #resume(): void {
    if (!this.#waits || this.#stream === null || this.#state !== 'open') return;
    this.#waits = false;
    this.#stream.resume();
  }

  #over(): void {
    if (this.#state !== 'opening') this.#room.sweep.remove(this, this.#seat);
    this.#state = 'over';
    this.#stream = null;
  }
}
