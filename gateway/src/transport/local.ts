import type { Transport } from './transport.ts';

/** A subgraph in this process. It checks the same token as over HTTP. */
export interface LocalSubgraph {
  execute(request: {
    readonly query: string;
    readonly variables?: Readonly<Record<string, unknown>>;
    readonly operationName?: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
  }): Promise<{
    readonly status: number;
    /** A GraphQL answer made for this call alone: the gateway merges other answers into it. */
    readonly body: unknown;
  }>;
}

/** Calls a subgraph as a function; nothing is serialised. An abort stops the waiting, not the work. */
export function localTransport(subgraph: LocalSubgraph): Transport {
  return {
    async send({ query, variables, operationName, headers, signal }) {
      signal.throwIfAborted();
      const answering = subgraph.execute({ query, variables, headers, ...(operationName === undefined ? {} : { operationName }) });
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const abort = (): void => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await Promise.race([answering, aborted]);
      } finally {
        signal.removeEventListener('abort', abort);
        answering.catch(() => undefined);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
