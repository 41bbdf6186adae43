import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createRandom } from '@tally/kernel';
import { streamsOver } from '../streams/event-stream.ts';
import { createInbox, type Inbox } from '../streams/inbox.ts';
import type { StreamClient } from '../streams/stream-client.ts';
import { createStreamTally, keepSubscribed } from './subscribers.ts';

/** A gateway whose streams the test fills and ends. */
function aGateway() {
  const opened: { readonly inbox: Inbox; readonly after: number | null }[] = [];
  const client: StreamClient = {
    ...streamsOver(
      'websocket',
      ({ resumeAfter }, inbox) => {
        opened.push({ inbox, after: resumeAfter });
        const leave = (): void => inbox.end({ reason: 'left' });
        return { leave, cut: leave, pause: () => undefined, proceed: () => undefined };
      },
      createInbox,
    ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { client, opened };
}

function aSubscriber() {
  const [first, second] = [aGateway(), aGateway()];
  const tally = createStreamTally();
  const subscriber = keepSubscribed({
    clients: [first.client, second.client],
    home: 0,
    operation: 'MyOrders',
    variables: {},
    resumes: true,
    take: ({ sequence }, last) => (sequence === last + 1 ? null : `${String(sequence)} came after ${String(last)}`),
    random: createRandom(1),
    tally,
  });
  const tell = (inbox: Inbox | undefined, ...sequences: readonly number[]): void => {
    for (const sequence of sequences) inbox?.result({ data: { myOrdersChanged: { sequence } } });
  };
  return { first, second, tally, subscriber, tell };
}

test('who is sent away goes on at the other gateway, after the last event that arrived', async () => {
  const { first, second, tally, subscriber, tell } = aSubscriber();
  tell(first.opened[0]?.inbox, 1, 2);
  await eventually(() => subscriber.last() === 2);
  first.opened[0]?.inbox.end({ reason: 'closed', closeCode: 1001 });
  await eventually(() => second.opened.length === 1);
  tell(second.opened[0]?.inbox, 3);
  await eventually(() => subscriber.last() === 3);
  await subscriber.stop();

  expect(second.opened[0]?.after).toBe(2);
  expect(tally).toMatchObject({ events: 3, ends: [{ gateway: 0, end: { closeCode: 1001 } }], faults: [] });
});

test('who is told that events are away asks the same gateway again', async () => {
  const { first, second, tally, subscriber } = aSubscriber();
  first.opened[0]?.inbox.end({ reason: 'failed', errors: [{ message: 'away', extensions: { code: 'EVENTS_UNAVAILABLE' } }] });
  await eventually(() => first.opened.length === 2);
  await subscriber.stop();

  expect([second.opened.length, tally.faults]).toEqual([0, []]);
});

test('a hole and a repeat are faults', async () => {
  const { first, tally, subscriber, tell } = aSubscriber();
  tell(first.opened[0]?.inbox, 1, 3, 3);
  await eventually(() => tally.events === 3);
  await subscriber.stop();

  expect(tally.faults).toEqual(['MyOrders {}: 3 came after 1', 'MyOrders {}: 3 came after 3']);
});

test('an end that coming back does not mend is a fault', async () => {
  const { first, tally, subscriber } = aSubscriber();
  first.opened[0]?.inbox.end({ reason: 'closed', closeCode: 4403 });
  await eventually(() => tally.faults.length === 1);
  await subscriber.stop();

  expect(tally.faults[0]).toMatch(/ended for good: .*4403/);
});
