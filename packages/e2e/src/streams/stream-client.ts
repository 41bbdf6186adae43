import type { AnswerError } from '../client/graph.ts';
import type { StreamAnswers, StreamName } from './answers.ts';

/** The ways in; docs/live.md tells them apart. */
export const protocols = ['websocket', 'sse', 'multipart'] as const;

export type Protocol = (typeof protocols)[number];

/** One event as it arrived. */
export interface Received<Data> {
  readonly data: Data;
  /** Of a part that could not be fetched; the event itself has arrived. */
  readonly errors: readonly AnswerError[];
  /** Of the event, where its document selects it. */
  readonly sequence: number | null;
  /** What the protocol calls the event: `id` of server-sent events, `null` elsewhere. */
  readonly id: string | null;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

/** How a stream ended, as its client sees it. */
export interface StreamEnd {
  /**
   * `left`: by this client · `completed`: nothing follows · `failed`: refused, or ended with errors · `closed`: the socket was closed with a code ·
   * `cut`: the connection ended without a word, here, on the way or there; also when nobody listens.
   */
  readonly reason: 'left' | 'completed' | 'failed' | 'closed' | 'cut';
  readonly errors: readonly AnswerError[];
  /** Of a WebSocket that was closed. */
  readonly closeCode: number | null;
  /** Of an HTTP answer that is no stream, or no socket. */
  readonly status: number | null;
}

/** A stream from the moment it was asked for. It may turn out to be refused: then it has ended without an event. */
export interface EventStream<Data> extends Disposable {
  /** Everything that has arrived. */
  readonly events: readonly Received<Data>[];
  /** Signs of life in between: pings, comments, empty parts. */
  readonly heartbeats: number;
  /** Sequence of the newest event, or the one it was opened after. */
  readonly lastSequence: number | null;
  /** The first event that was not given yet, as soon as it is there; `null`: the stream has ended. */
  next(): Promise<Received<Data> | null>;
  readonly ended: Promise<StreamEnd>;
  /** Lets the connection die without a word, as a phone in a tunnel. Over a WebSocket it takes the client's other streams with it. */
  cut(): void;
  /** Reads nothing more from the connection, so that the sender feels it; over a WebSocket for all streams of the client. */
  pause(): void;
  /** Reads on. */
  proceed(): void;
  /** Says goodbye, as far as the protocol has a word for it. Nothing arrives after this returns. */
  leave(): void;
  /** The same subscription after the newest event that arrived here, on a new connection if need be. */
  resume(): EventStream<Data>;
}

export interface OpenOptions {
  /** The sequence after which to go on, in the way of the protocol: `Last-Event-ID`, elsewhere the variable `afterSequence`. */
  readonly resumeAfter?: number | null;
}

/** Somebody who subscribes over one protocol: over WebSocket one socket for all streams, else a connection for each. Disposal leaves all of them. */
export interface StreamClient extends AsyncDisposable {
  readonly protocol: Protocol;
  /** Subscribes by a document of operations/. */
  open<Name extends StreamName>(
    operation: Name,
    variables: Readonly<Record<string, unknown>>,
    options?: OpenOptions,
  ): EventStream<StreamAnswers[Name]>;
  /** Subscribes by any text, for what no document of operations/ says. */
  subscribe<Data>(query: string, variables: Readonly<Record<string, unknown>>, options?: OpenOptions): EventStream<Data>;
}

/** What a client subscribes with. */
export interface StreamClientOptions {
  /** Of a gateway, with or without `/graphql`. */
  readonly url: string;
  /** Access token; absent: nobody is signed in. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Says where the next connection comes from, for a gateway that counts by address; absent: wherever the system says. */
  readonly localAddress?: () => string | undefined;
}

/** A subscription on its way to a protocol. */
export interface Subscription {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly resumeAfter: number | null;
}
