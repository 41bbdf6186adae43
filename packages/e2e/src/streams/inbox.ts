import type { AnswerError } from '../client/graph.ts';
import type { EventStream, Received, StreamEnd } from './stream-client.ts';

/** One execution result, whatever carried it. */
export interface Result {
  readonly data?: unknown;
  readonly errors?: readonly AnswerError[];
}

/** What is known of an end; the rest is nothing. */
export type End = Pick<StreamEnd, 'reason'> & Partial<StreamEnd>;

/** The reading end of a stream, filled by a protocol. What comes after the end is dropped. */
export interface Inbox<Data = unknown> extends Pick<EventStream<Data>, 'events' | 'heartbeats' | 'lastSequence' | 'next' | 'ended'> {
  result(result: Result, id?: string | null): void;
  heartbeat(): void;
  /** Nothing follows: `failed` if the last that came were errors alone, else `completed`. */
  complete(): void;
  /** Only the first end counts. */
  end(end: End): void;
}

/** @param resumeAfter what `lastSequence` is until an event arrives. */
export function createInbox(resumeAfter: number | null): Inbox {
  const events: Received<unknown>[] = [];
  const ended = Promise.withResolvers<StreamEnd>();
  let changed = Promise.withResolvers<undefined>();
  let [given, heartbeats, over] = [0, 0, false];
  let lastSequence = resumeAfter;
  let troubles: readonly AnswerError[] | null = null;

  function tell(): void {
    const { resolve } = changed;
    changed = Promise.withResolvers<undefined>();
    resolve(undefined);
  }

  function end({ reason, errors = [], closeCode = null, status = null }: End): void {
    if (over) return;
    over = true;
    ended.resolve({ reason, errors, closeCode, status });
    tell();
  }

  return {
    events,
    ended: ended.promise,
    end,
    get heartbeats() {
      return heartbeats;
    },
    get lastSequence() {
      return lastSequence;
    },
    heartbeat() {
      heartbeats += 1;
    },
    complete() {
      end(troubles === null ? { reason: 'completed' } : { reason: 'failed', errors: troubles });
    },
    result({ data, errors = [] }, id = null) {
      if (over) return;
      const eventless = data === undefined || data === null;
      troubles = eventless ? errors : null;
      if (eventless) return;
      const sequence = sequenceIn(data);
      lastSequence = sequence ?? lastSequence;
      events.push({ data, errors, sequence, id, at: performance.now() });
      tell();
    },
    async next() {
      for (;;) {
        const event = events[given];
        if (event !== undefined) {
          given += 1;
          return event;
        }
        if (over) return null;
        await changed.promise;
      }
    },
  };
}

/** Subscriptions have one root field. */
function sequenceIn(data: object): number | null {
  const [told] = Object.values(data) as readonly ({ readonly sequence?: unknown } | null)[];
  return typeof told?.sequence === 'number' ? told.sequence : null;
}
