import { strict as assert } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../resume/random.ts';
import type { OrderStep, StreamAnswers } from './answers.ts';
import type { EventStream, Received, StreamClient, StreamEnd } from './stream-client.ts';

/** How an order is followed. */
export interface Following {
  readonly orderId: string;
  /** Decides when and how the stream is interrupted: print its seed when a test fails. */
  readonly random: Random;
  /** How often the follower goes and comes back at least; some of it after the last step, when nothing may come twice. */
  readonly reconnects: number;
  /** The status after which nothing follows. */
  readonly until: string;
}

/** What a follower saw. */
export interface Followed {
  readonly steps: readonly OrderStep[];
  /** How often it came back, and how often it had been sent away by the other side. */
  readonly reconnects: number;
  readonly sentAway: number;
}

type Stream = EventStream<StreamAnswers['TrackOrder']>;

/** Codes with which a stream ends although the order may still be followed. */
const passing: readonly (string | undefined)[] = [
  'SLOW_CONSUMER',
  'SCHEMA_RELOADED',
  'EVENTS_UNAVAILABLE',
  'SUBGRAPH_UNAVAILABLE',
  'TIMEOUT',
];
/** The process stops, or starts again. */
const passingCodes: readonly (number | null)[] = [1001, 1012, 1013];

const longestStayMs = 80;
const longestPauseMs = 40;
const silenceMs = 30_000;

/**
 * Follows an order from its first step, interrupted again and again, and always goes on after the last step it saw.
 *
 * @throws {AssertionError} a step came twice, too late, or never (nothing for 30 s); the message tells all steps so far.
 * @throws {Error} the stream was refused, or ended for a reason that coming back does not mend.
 */
export async function followOrder(client: StreamClient, { orderId, random, reconnects, until }: Following): Promise<Followed> {
  const steps: OrderStep[] = [];
  const [over, seen] = [
    () => steps.at(-1)?.status === until,
    () => steps.map(({ sequence, status }) => `${String(sequence)} ${status}`).join(', '),
  ];

  function take({ data: { orderStatusChanged: step }, id }: Received<StreamAnswers['TrackOrder']>): void {
    const last = steps.at(-1);
    const title = `${orderId} over ${client.protocol}: ${String(step.sequence)} ${step.status} after ${seen()}`;
    assert.equal(step.sequence, (last?.sequence ?? 0) + 1, title);
    assert.equal(step.previous, last?.status ?? null, title);
    assert.ok(id === null || id === String(step.sequence), `${title}: its id is ${String(id)}`);
    steps.push(step);
  }

  /** Takes what comes until it is time to go. */
  async function stay(stream: Stream, stayMs: number): Promise<void> {
    const leaving = AbortSignal.timeout(stayMs);
    const gone = new Promise<null>((resolve) => {
      leaving.addEventListener('abort', () => {
        resolve(null);
      });
    });
    for (let event = await Promise.race([stream.next(), gone]); event !== null; event = await Promise.race([stream.next(), gone]))
      take(event);
  }

  let [back, sentAway] = [0, 0];
  let stream: Stream = client.open('TrackOrder', { orderId, afterSequence: 0 });
  for (let heard = performance.now(), known = 0; ; back += 1) {
    await stay(stream, random.between(0, longestStayMs));
    const end = await interrupt(stream, random);
    for (const event of stream.events.slice(steps.length - known)) take(event);
    assertPassing(end, `${orderId} over ${client.protocol} after ${seen()}`);
    if (end.reason !== 'left' && end.reason !== 'cut') sentAway += 1;
    if (steps.length > known) heard = performance.now();
    known = steps.length;
    if (over() && back >= reconnects) return { steps, reconnects: back, sentAway };
    assert.ok(over() || performance.now() - heard < silenceMs, `${orderId} over ${client.protocol}: nothing follows ${seen()}`);
    await pause(random.between(0, longestPauseMs));
    stream = stream.resume();
  }
}

/** Ends a stream in one of the ways in which clients vanish; what arrived first counts. */
function interrupt(stream: Stream, random: Random): Promise<StreamEnd> {
  if (random.next() < 0.7) stream.cut();
  else stream.leave();
  return stream.ended;
}

function assertPassing({ reason, errors, closeCode, status }: StreamEnd, title: string): void {
  const mended =
    reason === 'left' ||
    reason === 'cut' ||
    (reason === 'closed' && passingCodes.includes(closeCode)) ||
    (reason === 'failed' && errors.length > 0 && errors.every(({ extensions }) => passing.includes(extensions?.code)));
  if (!mended) throw new Error(`${title}: ${reason} ${JSON.stringify({ errors, closeCode, status })}`);
}
