import { strict as assert } from 'node:assert';
import type { OrderStep, StreamAnswers } from '../streams/answers.ts';
import type { EventStream, Received } from '../streams/stream-client.ts';
import { spoken, type Narration } from './narration.ts';

type Steps = EventStream<StreamAnswers['TrackOrder']>;

const patienceMs = 30_000;

const meanings: Readonly<Record<string, string>> = {
  PENDING: 'accepted',
  STOCK_RESERVED: 'the goods are hers',
  CONFIRMED: 'stock and money are certain',
  PROCESSING: 'paid',
  SHIPPED: 'on its way',
  DELIVERED: 'arrived',
  REJECTED: 'nothing was taken',
  PAYMENT_FAILED: 'nothing was taken',
};

/** How a step is told: `CONFIRMED  stock and money are certain`. */
export const stepText = ({ status }: Pick<OrderStep, 'status'>): string => `${status.padEnd(15)} ${meanings[status] ?? ''}`;

/** The next step. @throws {Error} the stream ends before, or nothing comes for 30 s. */
export async function nextStep(stream: Steps): Promise<Received<StreamAnswers['TrackOrder']>> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`nothing came for ${spoken(patienceMs)} after #${String(stream.lastSequence)}`));
  }, patienceMs);
  const event = await Promise.race([stream.next(), silence]).finally(() => {
    clearTimeout(timer);
  });
  if (event !== null) return event;
  const { reason, errors } = await stream.ended;
  throw new Error(`the stream ended (${reason}) after #${String(stream.lastSequence)}: ${errors.map(({ message }) => message).join('; ')}`);
}

/** Tells each step as it arrives, until a status. `after` says how a moment of `performance.now()` is told. @throws {Error} as `nextStep`, and when a step is missing or comes twice. */
export async function watch(stream: Steps, until: string, tell: Narration, after: (at: number) => string): Promise<readonly OrderStep[]> {
  const steps: OrderStep[] = [];
  for (;;) {
    const { at, data } = await nextStep(stream);
    const step = data.orderStatusChanged;
    const last = steps.at(-1);
    if (last !== undefined)
      assert.equal(step.sequence, last.sequence + 1, `step ${String(step.sequence)} came after ${String(last.sequence)}`);
    steps.push(step);
    tell.sees(`#${String(step.sequence)}`, stepText(step), after(at));
    if (step.status === until) return steps;
  }
}

/** Tells moments by how long they are after now. */
export function countedFromNow(what: string): (at: number) => string {
  const since = performance.now();
  return (at) => `${spoken(at - since)} after ${what}`;
}
