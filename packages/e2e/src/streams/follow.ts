import { strict as assert } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@tally/kernel';
import type { StreamAnswers, StreamName, Told } from './answers.ts';
import { isPassing } from './passing.ts';
import type { EventStream, Received, StreamClient, StreamEnd } from './stream-client.ts';

/** What the one field of a subscription tells. */
export type Step<Name extends StreamName> = StreamAnswers[Name][keyof StreamAnswers[Name]] & Told;

/** How a stream is followed. */
export interface Following<Name extends StreamName> {
  readonly operation: Name;
  /** Besides `afterSequence`, which is 0 at first. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Decides when and how the stream is interrupted: print its seed when a test fails. */
  readonly random: Random;
  /** How often the follower goes and comes back, besides when it is sent away; the last two times when nothing more may come. */
  readonly reconnects: number;
  /** Whether all has come. */
  readonly over: (steps: readonly Step<Name>[]) => boolean;
  /** Whether `next` may follow `last`; absent: whether its sequence is one higher. */
  readonly follows?: (next: Step<Name>, last: Step<Name> | undefined) => boolean;
}

/** What a follower saw. */
export interface Followed<S> {
  readonly steps: readonly S[];
  /** How often it came back, and how often it had been sent away by the other side. */
  readonly reconnects: number;
  readonly sentAway: number;
}

const longestPauseMs = 40;
const longestWaitMs = 1_000;
const silenceMs = 30_000;
const lastVisits = 2;

/**
 * Follows a stream from its first event, interrupted again and again, and always goes on after the last one that arrived.
 *
 * @throws {AssertionError} an event came twice, too late, incomplete, or never (nothing for 30 s); the message tells all so far.
 * @throws {Error} the stream was refused, or ended for a reason that coming back does not mend.
 */
export async function follow<Name extends StreamName>(
  client: StreamClient,
  { operation, variables, random, reconnects, over, follows = oneHigher }: Following<Name>,
): Promise<Followed<Step<Name>>> {
  const steps: Step<Name>[] = [];
  const title = (): string =>
    `${operation} ${JSON.stringify(variables)} over ${client.protocol} after ${steps.map(({ sequence }) => sequence).join(', ')}`;
  let heard = performance.now();

  function take({ data, errors, id }: Received<StreamAnswers[Name]>): void {
    const [step] = Object.values(data) as [Step<Name>];
    assert.ok(follows(step, steps.at(-1)), `${title()}: ${JSON.stringify(step)} does not follow ${JSON.stringify(steps.at(-1))}`);
    assert.deepEqual(errors, [], `${title()}: ${JSON.stringify(step)} is not all of it`);
    assert.ok(id === null || id === String(step.sequence), `${title()}: ${String(step.sequence)} has the id ${String(id)}`);
    steps.push(step);
    heard = performance.now();
  }

  /** Takes what comes until it is time to go, and says whether the other side ended it first. */
  async function stay(stream: EventStream<StreamAnswers[Name]>, stayMs: number, leaveOnce: () => boolean): Promise<boolean> {
    const leaving = pauseOf(stayMs);
    for (;;) {
      if (leaveOnce()) return false;
      const event = await Promise.race([stream.next(), leaving]);
      if (event === 'time to go') return false;
      if (event === null) return true;
      take(event);
    }
  }

  let [back, gone, sentAway] = [0, 0, 0];
  let stream = client.open(operation, { ...variables, afterSequence: 0 });
  for (;;) {
    const known = steps.length;
    const planned = reconnects - gone > lastVisits || over(steps);
    const { stayMs, untilNext } = planned ? visit(random, !over(steps)) : { stayMs: silenceMs, untilNext: false };
    const sentOff = await stay(stream, stayMs, () => (untilNext ? steps.length > known : !planned && over(steps)));
    const end = await interrupt(stream, random);
    for (const event of stream.events.slice(steps.length - known)) take(event);
    assertPassing(end, title());
    if (end.reason !== 'left' && end.reason !== 'cut') sentAway += 1;
    else if (!sentOff) gone += 1;
    if (over(steps) && gone > reconnects) return { steps, reconnects: back, sentAway };
    assert.ok(over(steps) || performance.now() - heard < silenceMs, `${title()}: nothing follows`);
    await pause(random.pick([0, 0, random.between(1, longestPauseMs)]));
    stream = stream.resume();
    back += 1;
  }
}

/**
 * How long to stay. While more is to come half of the visits last until something has, so that the stream is opened anew in the middle of it; the others
 * last for a while, and may be over before anything is answered.
 */
const visit = (random: Random, more: boolean): { readonly stayMs: number; readonly untilNext: boolean } =>
  random.next() < 0.5 && more
    ? { stayMs: longestWaitMs, untilNext: true }
    : { stayMs: random.between(0, random.pick([20, 80, 400])), untilNext: false };

const oneHigher = ({ sequence }: Told, last: Told | undefined): boolean => sequence === (last?.sequence ?? 0) + 1;

const pauseOf = async (ms: number): Promise<'time to go'> => await pause(ms, 'time to go' as const, { ref: false });

/** Ends a stream in one of the ways in which clients vanish; what arrived first counts. */
function interrupt(stream: EventStream<unknown>, random: Random): Promise<StreamEnd> {
  if (random.next() < 0.7) stream.cut();
  else stream.leave();
  return stream.ended;
}

function assertPassing(end: StreamEnd, title: string): void {
  if (isPassing(end)) return;
  const { reason, errors, closeCode, status } = end;
  throw new Error(`${title}: ${reason} ${JSON.stringify({ errors, closeCode, status })}`);
}
