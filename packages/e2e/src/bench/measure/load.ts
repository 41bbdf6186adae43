/** What a closed loop did. */
export interface LoadResult {
  /** In the order in which they ended, milliseconds each. */
  readonly latenciesMs: readonly number[];
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
}

/**
 * Sends requests from a fixed number of clients, each of which sends its next one when it has its answer. The first failure ends the loop.
 *
 * @param send is given the number of the request, from 0, and of the client, from 0.
 * @throws what `send` threw.
 */
export async function closedLoop(
  options: { readonly requests: number; readonly clients: number; readonly onProgress?: (done: number) => void },
  send: (request: number, client: number) => Promise<void>,
): Promise<LoadResult> {
  const { requests, clients, onProgress } = options;
  const latenciesMs: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (next < requests) {
        const request = next++;
        const sentAt = performance.now();
        try {
          await send(request, client);
        } catch (error) {
          next = requests;
          throw error;
        }
        latenciesMs.push(performance.now() - sentAt);
        onProgress?.(latenciesMs.length);
      }
    }),
  );
  return { latenciesMs, elapsedMs: performance.now() - startedAt };
}
