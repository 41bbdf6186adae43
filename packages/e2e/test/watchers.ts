import { eventually } from '@tally/testkit';
import type { StreamAnswers, StreamName } from '../src/streams/answers.ts';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols, type EventStream, type StreamEnd } from '../src/streams/stream-client.ts';

/** The same subscription over every protocol, on connections of their own, in the order of `protocols`. */
export interface Watchers<Data> extends AsyncDisposable {
  readonly streams: readonly EventStream<Data>[];
  /** Waits until each stream has an event that fits. */
  saw(fits: (data: Data) => boolean): Promise<void>;
  /** Sequences that each stream has told. */
  sequences(): readonly (readonly (number | null)[])[];
  /** Waits until all have ended. */
  ended(): Promise<readonly Ended[]>;
}

/** How a stream ended, and when in milliseconds since 1970. */
export interface Ended {
  readonly how: string;
  readonly at: number;
}

const patienceMs = 20_000;

/** @param resumeAfter one sequence for all, or one for each. */
export function watch<Name extends StreamName>(
  url: string,
  token: string | undefined,
  operation: Name,
  variables: Readonly<Record<string, unknown>>,
  resumeAfter: number | null | readonly (number | null)[] = null,
): Watchers<StreamAnswers[Name]> {
  const clients = protocols.map((protocol) => openStreams(protocol, { url, token }));
  const streams = clients.map((client, index) =>
    client.open(operation, variables, { resumeAfter: (Array.isArray(resumeAfter) ? resumeAfter[index] : resumeAfter) as number | null }),
  );
  const ends = streams.map((): Ended | null => null);
  for (const [index, { ended }] of streams.entries()) void ended.then((end) => (ends[index] = { how: howItEnded(end), at: Date.now() }));
  return {
    streams,
    async saw(fits) {
      await eventually(() => streams.every(({ events }) => events.some(({ data }) => fits(data))), { timeoutMs: patienceMs });
    },
    sequences: () => streams.map(({ events }) => events.map(({ sequence }) => sequence)),
    ended: () =>
      eventually(
        () => {
          const over = ends.filter((end) => end !== null);
          if (over.length < ends.length) throw new Error(`of ${String(ends.length)} streams ${String(over.length)} have ended`);
          return over;
        },
        { timeoutMs: patienceMs },
      ),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    },
  };
}

/** One line: the reason, the status or close code, and the codes of the errors. */
export const howItEnded = ({ reason, status, closeCode, errors }: StreamEnd): string =>
  [reason, status, closeCode, ...errors.map(({ extensions }) => extensions?.code)].filter((part) => part != null).join(' ');
