import type { Caller } from '@tally/identity';
import type { GraphQLFormattedError } from 'graphql';
import type { RequestFacts } from '../execution/execute.ts';

/** The protocol that carries a stream; a label of metrics. */
export type StreamProtocol = 'websocket' | 'sse' | 'multipart';

/** What a client asks to be told, on whichever protocol it came. The caller is known, nothing else has been checked. */
export interface StreamRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly extensions: unknown;
  readonly caller: Caller;
  /** Of the client, behind the trusted proxies. */
  readonly address: string;
  /** `signal` ends the opening only: replay included, live events excluded. */
  readonly facts: RequestFacts;
  readonly protocol: StreamProtocol;
  /** The sequence after which to go on, where the protocol says it (`Last-Event-ID`): stands in for `afterSequence`. */
  readonly resumeAfter: number | null;
}

/** One result for a client. */
export interface StreamResult {
  /** An execution result as JSON text in UTF-8. Shared by all who get it: never changed. */
  readonly payload: Buffer;
  /** Of the event, where the stream has one key: what `resumeAfter` takes. */
  readonly sequence: number | null;
}

/** Why a stream ended by itself. Labels of `gateway_subscriptions_ended_total`, besides `client`. */
export type EndReason = 'forbidden' | 'slow_consumer' | 'schema_reloaded' | 'shutdown' | 'failed';

/** The end of a stream that its client did not ask for. */
export interface StreamEnd {
  readonly reason: EndReason;
  /** What the client is told, with a code of the closed list and, where there is one, `lastSequence` in its extensions. Masked already. */
  readonly errors: readonly GraphQLFormattedError[];
}

/** Where the results of one stream go: what a protocol implements. Neither function throws. */
export interface Sink {
  /** Writes one result at once. `false`: it is taken, but nothing more until `Stream.resume()`. */
  next(result: StreamResult): boolean;
  /** Nothing follows. Called once at most, and never after `Stream.close()`. */
  end(end: StreamEnd): void;
}

/** A stream that is open. */
export interface Stream {
  /** The sink takes results again. */
  resume(): void;
  /** The client has left, or may not listen any more: nothing is written from here on, and what the stream held is given back before this returns. */
  close(reason: 'client' | 'token_expired' | 'revoked' | 'shutdown' | 'slow_consumer'): void;
}

/** A stream was refused: nothing was, and nothing will be, written to its sink. */
export class StreamRefusedError extends Error {
  override readonly name = 'StreamRefusedError';
  /** Masked already. */
  readonly errors: readonly GraphQLFormattedError[];
  /** What HTTP answers with. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;

  constructor(refused: {
    readonly errors: readonly GraphQLFormattedError[];
    readonly status: number;
    readonly headers?: ReadonlyMap<string, string>;
  }) {
    super(refused.errors[0]?.message ?? 'refused');
    this.errors = refused.errors;
    this.status = refused.status;
    this.headers = refused.headers ?? new Map();
  }
}

/**
 * Opens a stream: *Admitted* (identity, limits, validation, authorisation: the code of HTTP), *Listening* (attached to the topic, buffering), *Caught up*
 * (replay sent), *Live*, *Ended*. Resolves once it is attached and its replay has been accepted; results may be written before that.
 *
 * @throws {StreamRefusedError} also when the owner of the data refuses the replay: not yours and not there look alike.
 */
export type OpenStream = (request: StreamRequest, sink: Sink) => Promise<Stream>;
