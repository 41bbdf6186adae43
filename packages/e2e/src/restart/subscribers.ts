import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@tally/kernel';
import type { StreamAnswers, StreamName } from '../streams/answers.ts';
import type { Step } from '../streams/follow.ts';
import { isPassing } from '../streams/passing.ts';
import type { EventStream, StreamClient, StreamEnd } from '../streams/stream-client.ts';
import { otherGateway, type GatewayIndex } from '../harness/buyers.ts';

/** What all subscribers of a run saw together. */
export interface StreamTally {
  events: number;
  /** Events of which a part could not be fetched at that moment; they count all the same. */
  incomplete: number;
  /** How streams ended, or were not taken (`failed`), that nobody here wanted to end; each was asked for again. */
  readonly ends: StreamEnding[];
  /** What must not happen: a hole, a repeat, an end that coming back does not mend. */
  readonly faults: string[];
}

/** An end, and where and when. */
export interface StreamEnding {
  /** Milliseconds of `performance.now()`. */
  readonly openedAt: number;
  readonly at: number;
  readonly gateway: GatewayIndex;
  /** How many it had brought. */
  readonly events: number;
  readonly end: StreamEnd;
}

export const createStreamTally = (): StreamTally => ({ events: 0, incomplete: 0, ends: [], faults: [] });

/** Somebody who follows a stream over any number of connections. */
export interface Subscriber {
  readonly title: string;
  /** Sequence of the newest event; 0 before the first. */
  readonly last: () => number;
  stop(): Promise<void>;
}

export interface Subscription<Name extends StreamName> {
  /** At both gateways. */
  readonly clients: readonly [StreamClient, StreamClient];
  readonly home: GatewayIndex;
  readonly operation: Name;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Goes on after the last event; false: begins with the present state. */
  readonly resumes: boolean;
  /** What is wrong with an event, in words; `null`: nothing. */
  readonly take: (step: Step<Name>, last: number, first: boolean) => string | null;
  /** Whether nothing follows this event. */
  readonly over?: (step: Step<Name>) => boolean;
  readonly random: Random;
  readonly tally: StreamTally;
}

const firstPauseMs = 200;
const longestPauseMs = 4_000;

/** Subscribes, and comes back after the last event whenever the stream ends: where it was sent away or cut off, at the other gateway, after pauses that grow. */
export function keepSubscribed<Name extends StreamName>(subscription: Subscription<Name>): Subscriber {
  const { clients, home, operation, variables, resumes, take, over = () => false, random, tally } = subscription;
  const title = `${operation} ${JSON.stringify(variables)}`;
  let [last, stopped] = [0, false];
  let stream: EventStream<StreamAnswers[Name]>;
  const leaving = new AbortController();

  /** Takes what comes, and says whether all has come. */
  async function read(): Promise<boolean> {
    for (let first = true; ; first = false) {
      const event = await stream.next();
      if (event === null) return false;
      const [step] = Object.values(event.data) as [Step<Name>];
      tally.events += 1;
      if (event.errors.length > 0) tally.incomplete += 1;
      const fault = take(step, last, first);
      if (fault !== null) tally.faults.push(`${title}: ${fault}`);
      last = step.sequence;
      if (over(step)) return true;
    }
  }

  async function run(): Promise<void> {
    let gateway = home;
    for (let pauseMs = firstPauseMs; !stopped; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const openedAt = performance.now();
      stream = clients[gateway].open(operation, variables, { resumeAfter: resumes ? last : null });
      if (await read()) return stream.leave();
      if (stopped) return;
      const end = await stream.ended;
      tally.ends.push({ openedAt, at: performance.now(), gateway, events: stream.events.length, end });
      if (stream.events.length > 0) pauseMs = firstPauseMs;
      if (!isPassing(end) && !isAbsent(end)) {
        tally.faults.push(`${title} ended for good: ${JSON.stringify(end)}`);
        return;
      }
      if (end.reason !== 'failed' || isAbsent(end)) gateway = otherGateway(gateway);
      await pause(random.between(Math.ceil(pauseMs / 2), pauseMs), undefined, { signal: leaving.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    title,
    last: () => last,
    async stop() {
      stopped = true;
      leaving.abort();
      stream.leave();
      await running;
    },
  };
}

/** Nobody listens there, or it takes nobody any more. */
const isAbsent = ({ reason, errors, status }: StreamEnd): boolean =>
  reason === 'failed' && (status === 503 || (status === null && errors.every(({ extensions }) => extensions === undefined)));
