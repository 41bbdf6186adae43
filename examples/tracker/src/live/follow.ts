import { CombinedGraphQLErrors, type ApolloClient, type OperationVariables, type TypedDocumentNode } from '@apollo/client';
import { backoffMs } from './backoff.ts';
import type { Connection } from './connection.ts';

/** A stream that stays open as long as somebody wants it, over any number of connections. */
export interface Following<Data, Variables extends OperationVariables> {
  readonly client: ApolloClient;
  readonly connection: Pick<Connection, 'turn'>;
  readonly document: TypedDocumentNode<Data, Variables>;
  /** Asked each time it opens: what has been seen moves it on. */
  readonly variables: () => Variables;
  /** Runs before each opening but the first. What is known by then was missed, what comes later is live. */
  readonly beforeResuming?: () => Promise<void>;
  readonly onEvent: (event: Data) => void;
  /** The shop says no, and will say so again. */
  readonly onRefused: (error: CombinedGraphQLErrors) => void;
}

/** Codes that pass: the stream comes back with what it has seen. */
const passing: ReadonlySet<unknown> = new Set([
  'EVENTS_UNAVAILABLE',
  'INTERNAL',
  'PLANNING_OVERLOADED',
  'RATE_LIMITED',
  'SCHEMA_RELOADED',
  'SLOW_CONSUMER',
  'SUBGRAPH_UNAVAILABLE',
  'TIMEOUT',
  'TOKEN_EXPIRED',
]);

/** @returns ends it. */
export function follow<Data, Variables extends OperationVariables>(following: Following<Data, Variables>): () => void {
  const { connection, beforeResuming, onRefused } = following;
  const stop = new AbortController();

  async function run(): Promise<void> {
    for (let opened = 0, failures = 0; ; opened++) {
      await connection.turn(stop.signal);
      const end = await oneStream(following, stop.signal, opened > 0 ? beforeResuming : undefined);
      stop.signal.throwIfAborted();
      if (end.kind === 'refused') return onRefused(end.error);
      failures = end.received > 0 ? 0 : failures + 1;
      // After a broken socket `turn` knows how long to wait.
      if (end.kind === 'ended') await pause(backoffMs(failures, Math.random()), stop.signal);
    }
  }

  run().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return () => {
    stop.abort();
  };
}

type End =
  | { readonly kind: 'refused'; readonly error: CombinedGraphQLErrors }
  /** `broken`: the socket has gone. `ended`: the stream alone. */
  | { readonly kind: 'broken' | 'ended'; readonly received: number };

async function oneStream<Data, Variables extends OperationVariables>(
  following: Following<Data, Variables>,
  signal: AbortSignal,
  before: (() => Promise<void>) | undefined,
): Promise<End> {
  try {
    await before?.();
  } catch {
    return { kind: 'ended', received: 0 };
  }
  let received = 0;
  const error = await through(following, signal, () => received++);
  if (error === null) return { kind: 'ended', received };
  if (!CombinedGraphQLErrors.is(error)) return { kind: 'broken', received };
  const passes = error.errors.every(({ extensions }) => passing.has(extensions?.['code']));
  return passes ? { kind: 'ended', received } : { kind: 'refused', error };
}

/** Resolves when the stream has ended, with what ended it. */
function through<Data, Variables extends OperationVariables>(
  { client, document, variables, onEvent }: Following<Data, Variables>,
  signal: AbortSignal,
  received: () => void,
): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => {
    let last: unknown = null;
    const leave = (): void => {
      subscription.unsubscribe();
      resolve(null);
    };
    const subscription = client
      // A field that failed is shown as missing; the event itself is not.
      .subscribe<Data>({ query: document, variables: variables(), errorPolicy: 'all' })
      .subscribe({
        next({ data, error }) {
          if (data == null) {
            last = error ?? null;
            return;
          }
          received();
          onEvent(data);
        },
        error: resolve,
        complete() {
          signal.removeEventListener('abort', leave);
          resolve(last);
        },
      });
    signal.addEventListener('abort', leave, { once: true });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
