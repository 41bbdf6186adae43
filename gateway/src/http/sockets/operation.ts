import type { SubscribePayload } from 'graphql-ws';
import { ClientGoneError } from '../../execution/fetch-from-subgraph.ts';
import type { Sink, Stream, StreamEnd, StreamResult } from '../../subscriptions/stream.ts';
import type { Opened } from '../streams/opening.ts';

/** Why a stream is closed from this side. */
export type Closing = Parameters<Stream['close']>[0];

/** The socket of an operation, as the operation sees it. */
export interface OperationHost {
  /** The client reads too slowly: whoever waits is resumed when it has caught up. */
  readonly stalled: boolean;
  open(payload: SubscribePayload, sink: Sink, leaving: AbortController): Promise<Opened<Stream>>;
  /** Writes one result. `false`: it is taken, but nothing more until `Operation.resume()`. */
  deliver(operation: Operation, payload: Buffer): boolean;
  /** The operation is over and counts no longer. */
  forget(operation: Operation): void;
  shutDown(): void;
}

/** How an operation ended: without more to say, or with errors for its client. */
type Finish = 'complete' | Pick<StreamEnd, 'errors'>;

/** What graphql-ws gets in place of a result when an operation ends with errors. */
export class OperationEndedError extends Error {
  override readonly name = 'OperationEndedError';
  readonly errors: StreamEnd['errors'];

  constructor(errors: StreamEnd['errors']) {
    super(errors[0]?.message ?? 'the operation ended');
    this.errors = errors;
  }
}

/**
 * One subscription on a socket: the sink of its stream, and the iterable that graphql-ws waits on. *Opening*: admission and replay; results may be written
 * already. *Open*: results go from the stream to the socket, past graphql-ws. *Over*: nothing is written, and the stream is closed or will be as soon as
 * it is open.
 *
 * The iterator yields nothing: it stays pending until the end. Fields instead of closures, since there is one per subscriber.
 */
export class Operation implements Sink, AsyncIterable<never> {
  readonly id: string;
  readonly #host: OperationHost;
  /** Until it begins: nobody needs the text of a document for as long as a subscription lives. */
  #payload: SubscribePayload | null;
  #leaving: AbortController | null = null;
  #stream: Stream | null = null;
  /** Set when this side ended it. */
  #closing: Closing | null = null;
  #finish: Finish | null = null;
  #settle: ((finish: Finish) => void) | null = null;
  #over = false;
  /** The stream was told to wait for `resume`. */
  #waits = false;

  constructor(host: OperationHost, id: string, payload: SubscribePayload) {
    this.#host = host;
    this.id = id;
    this.#payload = payload;
  }

  /** Begins to open and does not wait for it: graphql-ws has the iterator at once, so that its client may leave at any moment. */
  begin(): this {
    const payload = this.#payload;
    this.#payload = null;
    if (payload !== null && !this.#over) void this.#open(payload);
    return this;
  }

  next({ payload }: StreamResult): boolean {
    if (this.#over) return false;
    this.#waits = !this.#host.deliver(this, payload);
    return !this.#waits;
  }

  end({ reason, errors }: StreamEnd): void {
    if (this.#over) return;
    this.#finishWith(errors.length === 0 ? 'complete' : { errors });
    // An error message would be final for stock clients; after a close with 1001 they come back by themselves.
    if (reason === 'shutdown') this.#host.shutDown();
  }

  /** The client has caught up. */
  resume(): void {
    if (!this.#waits || this.#stream === null) return;
    this.#waits = false;
    this.#stream.resume();
  }

  /** Ends it from this side, whatever state it is in. */
  close(closing: Closing): void {
    if (this.#over) return;
    this.#closing = closing;
    this.#leaving?.abort(new ClientGoneError());
    this.#stream?.close(closing);
    this.#finishWith('complete');
  }

  /** What graphql-ws calls when the client completes. */
  return(): Promise<IteratorResult<never, undefined>> {
    this.close('client');
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<never, undefined> {
    return { next: () => this.#ended() };
  }

  async #open(payload: SubscribePayload): Promise<void> {
    const leaving = (this.#leaving = new AbortController());
    const opened = await this.#host.open(payload, this, leaving);
    this.#leaving = null;
    if (this.#over) {
      if (opened.ok && this.#closing !== null) opened.value.close(this.#closing);
    } else if (opened.ok) {
      this.#stream = opened.value;
      if (!this.#host.stalled) this.resume();
    } else {
      this.#finishWith(opened.refused);
    }
  }

  #finishWith(finish: Finish): void {
    this.#over = true;
    this.#stream = null;
    this.#host.forget(this);
    if (this.#settle === null) this.#finish = finish;
    else this.#settle(finish);
    this.#settle = null;
  }

  #ended(): Promise<IteratorResult<never, undefined>> {
    return new Promise((resolve, reject) => {
      const settle = (finish: Finish): void => {
        if (finish === 'complete') resolve({ done: true, value: undefined });
        else reject(new OperationEndedError(finish.errors));
      };
      if (this.#finish === null) this.#settle = settle;
      else settle(this.#finish);
    });
  }
}
