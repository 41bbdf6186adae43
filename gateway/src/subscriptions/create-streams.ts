import { setTimeout as pause } from 'node:timers/promises';
import type { EventLog } from '@tally/messaging';
import type { Admit } from '../limits/admission.ts';
import type { Generation } from '../supergraph/generation.ts';
import { createFeedHub, noFeed } from './feed-hub.ts';
import { createKeyIndex } from './key-index.ts';
import { createOpenStream } from './open-stream.ts';
import type { Outlet } from './outlet.ts';
import type { Pipeline } from './pipeline.ts';
import type { Engine } from './engine.ts';
import type { OpenStream } from './stream.ts';
import type { Subscriber } from './subscriber.ts';
import { createTurns } from './turns.ts';

export interface StreamsOptions extends Pick<
  Engine,
  'generation' | 'readDocument' | 'admission' | 'plans' | 'execute' | 'mask' | 'telemetry' | 'logger' | 'deadlineMs'
> {
  readonly admit: Admit;
  /** `null`: there are no events here. */
  readonly eventLog: EventLog | null;
  readonly rejected: (reason: string) => void;
  /** For how long a sink may take nothing, in milliseconds. Default 30,000. */
  readonly slowMs?: number;
  /** How long a start waits for the event log, in milliseconds. Default 1,000. */
  readonly attachMs?: number;
}

/** What is open at the moment. */
export interface StreamCounts {
  readonly streams: number;
  readonly pipelines: number;
  /** Keys of the log that are listened to. */
  readonly keys: number;
}

/**
 * The engine behind all protocols: one feed of the event log, an index from its topics and keys to pipelines, and pipelines with their subscribers.
 * Disposal ends what is left.
 */
export interface Streams extends AsyncDisposable {
  readonly open: OpenStream;
  /** Open streams go on if their operation still means the same; each finds out at its next event. */
  reload(generation: Generation): Promise<void>;
  /** Refuses new streams and ends all open ones, spread over a time, so that their clients do not all come back at once. In milliseconds. */
  drain(overMs: number): Promise<void>;
  counts(): StreamCounts;
}

/** Replays at a time that no client waits for. */
const recoveriesAtATime = 16;

const sliceMs = 50;

/** How many streams are ended per millisecond at most, as long as there is time. */
const endsPerMs = 4;

/** Resolves once the log is followed, or after `attachMs`: then streams are refused until it is. */
export async function createStreams(options: StreamsOptions): Promise<Streams> {
  const { admit, eventLog, rejected, slowMs = 30_000, attachMs = 1_000, ...parts } = options;
  const index = createKeyIndex();
  const slow = new Set<Outlet>();
  const pipelines = new Map<string, Pipeline>();
  const engine: Engine = { ...parts, index, slow, turns: createTurns(recoveriesAtATime) };
  let draining = false;

  const feed =
    eventLog === null
      ? noFeed
      : createFeedHub({
          eventLog,
          logger: parts.logger,
          onRecord(record) {
            parts.telemetry.recordRead(record.topic);
            index.record(record);
          },
          onMissed() {
            index.forgetSequences();
            for (const pipeline of pipelines.values()) pipeline.recover('return');
          },
        });
  const topicsOf = ({ topics }: Generation): string[] => [...topics.values()].map(({ topic }) => topic);
  await feed.follow(topicsOf(parts.generation), attachMs);

  const sweep = setInterval(
    () => {
      const now = performance.now();
      for (const outlet of slow) outlet.check(now, slowMs);
    },
    Math.min(1_000, slowMs / 4),
  ).unref();

  const subscribers = (): Subscriber[] => [...pipelines.values()].flatMap(({ subscribers: all }) => [...all]);

  return {
    open: createOpenStream({ engine, admit, pipelines, rejected, accepting: () => !draining && feed.following }),
    async reload(generation) {
      await feed.follow(topicsOf(generation), attachMs);
      engine.generation = generation;
    },
    async drain(overMs) {
      draining = true;
      const left = subscribers();
      const slices = Math.max(1, Math.min(Math.ceil(overMs / sliceMs), Math.ceil(left.length / (endsPerMs * sliceMs))));
      const perSlice = Math.ceil(left.length / slices);
      while (left.length > 0) {
        for (const subscriber of left.splice(0, perSlice)) subscriber.end('shutdown', null);
        if (left.length > 0) await pause(sliceMs);
      }
    },
    counts: () => ({ streams: subscribers().length, pipelines: pipelines.size, keys: index.size }),
    async [Symbol.asyncDispose]() {
      draining = true;
      clearInterval(sweep);
      for (const subscriber of subscribers()) subscriber.end('shutdown', null);
      await feed[Symbol.asyncDispose]();
    },
  };
}
