import { setImmediate } from 'node:timers/promises';
import type { GraphQLFormattedError } from 'graphql';
import {
  StreamRefusedError,
  type EndReason,
  type OpenStream,
  type Sink,
  type Stream,
  type StreamRequest,
} from '../src/subscriptions/stream.ts';

/** A stream of the scripted engine. */
export interface ScriptedStream extends Stream {
  readonly request: StreamRequest;
  /** Why it was closed by its protocol; `null` while it is open or has ended by itself. */
  readonly closed: Parameters<Stream['close']>[0] | null;
  /** Results that wait for the client. */
  readonly waiting: number;
  push(payload: string | Buffer, sequence?: number): void;
  end(reason: EndReason, errors?: readonly GraphQLFormattedError[]): void;
}

/**
 * Stands for the engine where only a protocol is tested: it keeps to the contract of `OpenStream` and does what a test tells it. Like the engine it
 * holds `queued` results at most for a client that is slow, the newest.
 */
export interface ScriptedEngine {
  readonly open: OpenStream;
  /** All that are open, oldest first. */
  readonly streams: readonly ScriptedStream[];
  readonly requests: readonly StreamRequest[];
  /** How many were ever open. */
  readonly opened: number;
  /** What happens to those who ask from now on. `held` is told how to let them in. */
  behave(behaviour: 'open' | 'held' | StreamRefusedError | Error): void;
  /** Lets those in who are held. */
  release(): void;
  /** Results written before the stream is open. */
  replay(payloads: readonly string[]): void;
}

const queued = 128;

export function aScriptedEngine(): ScriptedEngine {
  const streams = new Set<ScriptedStream>();
  const requests: StreamRequest[] = [];
  let behaviour: 'open' | 'held' | Error = 'open';
  let held: (() => void)[] = [];
  let opened = 0;
  let replayed: readonly string[] = [];

  function streamOf(request: StreamRequest, sink: Sink): ScriptedStream {
    const waiting: { readonly payload: Buffer; readonly sequence: number | null }[] = [];
    let flowing = true;
    let over = false;
    let closed: ScriptedStream['closed'] = null;
    const stream: ScriptedStream = {
      request,
      get closed() {
        return closed;
      },
      get waiting() {
        return waiting.length;
      },
      push(payload, sequence) {
        if (over) return;
        const result = { payload: typeof payload === 'string' ? Buffer.from(payload) : payload, sequence: sequence ?? null };
        if (flowing) flowing = sink.next(result);
        else if (waiting.push(result) > queued) waiting.shift();
      },
      end(reason, errors = []) {
        if (over) return;
        over = true;
        streams.delete(stream);
        sink.end({ reason, errors });
      },
      resume() {
        flowing = true;
        while (flowing && !over) {
          const next = waiting.shift();
          if (next === undefined) return;
          flowing = sink.next(next);
        }
      },
      close(reason) {
        if (over) return;
        over = true;
        closed = reason;
        waiting.length = 0;
        streams.delete(stream);
      },
    };
    return stream;
  }

  return {
    get streams() {
      return [...streams];
    },
    requests,
    get opened() {
      return opened;
    },
    behave(next) {
      behaviour = next;
    },
    release() {
      for (const letIn of held) letIn();
      held = [];
    },
    replay(payloads) {
      replayed = payloads;
    },
    async open(request, sink) {
      requests.push(request);
      if (behaviour instanceof Error) throw behaviour;
      const stream = streamOf(request, sink);
      for (const payload of replayed) stream.push(payload);
      await (behaviour === 'held' ? new Promise<void>((resolve) => held.push(resolve)) : Promise.resolve());
      streams.add(stream);
      opened += 1;
      return stream;
    },
  };
}

export const refused = (code: string, status: number): StreamRefusedError =>
  new StreamRefusedError({ status, errors: [{ message: `said ${code}`, extensions: { code } }] });

/** Pushes so many results, in bursts between which the network may take what it can. */
export async function flood(streams: readonly ScriptedStream[], payload: string, count: number): Promise<void> {
  const shared = Buffer.from(payload);
  for (let i = 0; i < count; i += 1) {
    for (const stream of streams) stream.push(shared);
    if (i % 200 === 0) await setImmediate();
  }
}
