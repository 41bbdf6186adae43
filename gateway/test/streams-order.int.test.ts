import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import type { Execute } from '../src/execution/execute.ts';
import { createForcedLog } from './streams-forced-log.ts';
import { aReader, aStreamsWorld, type Listening } from './streams-world.ts';

const visit = 'subscription ($id: ID!, $after: Int) { visitChanged(visitId: $id, afterSequence: $after) { sequence status } }';
const visitWithFee = 'subscription ($id: ID!) { visitChanged(visitId: $id) { sequence visit { fee } } }';

const sequences = ({ results }: Listening): unknown[] => results.map(({ sequence }) => sequence);
const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);

/** Executions that wait for a test, once they have their answer. */
function aGate() {
  const waiting: (() => void)[] = [];
  let closed = false;
  return {
    waiting,
    close: () => void (closed = true),
    open() {
      closed = false;
      for (const go of waiting.splice(0)) go();
    },
    wrap:
      (execute: Execute): Execute =>
      async (execution) => {
        const result = await execute(execution);
        if (closed) await new Promise<void>((resolve) => waiting.push(resolve));
        return result;
      },
  };
}

async function aForcedWorld() {
  const forced = createForcedLog();
  const gate = aGate();
  return { forced, gate, world: await aStreamsWorld({ log: forced.log, wrap: gate.wrap }) };
}

test('what happens while the owner answers is held, and comes once', async () => {
  const { forced, gate, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const second = world.desk.commit('v1');
  gate.close();

  const opening = world.open(visit, { variables: { id: 'v1' }, caller: reader });
  await eventually(() => gate.waiting.length === 1);
  forced.deliver(second, world.desk.commit('v1'), world.desk.commit('v1'));
  gate.open();

  const listening = await opening;
  await eventually(() => expect(sequences(listening)).toEqual([2, 3, 4]));
  expect(world.told.replays).toEqual(['open']);
});

test('a record lost while the owner answered is asked for', async () => {
  const { forced, gate, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  gate.close();

  const opening = world.open(visit, { variables: { id: 'v1' }, caller: reader });
  await eventually(() => gate.waiting.length === 1);
  world.desk.commit('v1');
  forced.deliver(world.desk.commit('v1'));
  gate.open();

  const listening = await opening;
  await eventually(() => expect(sequences(listening)).toEqual([1, 2, 3]));
  expect(world.told.replays).toEqual(['open', 'gap']);
});

test('a sequence that the owner never gave away is asked about once', async () => {
  const { forced, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });
  const record = world.desk.commit('v1');

  forced.deliver({ ...record, sequence: 9 });
  await eventually(() => listening.results.length === 3);
  forced.deliver({ ...record, sequence: 10 });

  await eventually(() => expect(sequences(listening)).toEqual([1, 2, 9, 10]));
  expect(world.told.replays).toEqual(['open', 'gap']);
});

test('more than a queue of events while the owner answers is asked for again', async () => {
  const { forced, gate, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  gate.close();

  const opening = world.open(visit, { variables: { id: 'v1' }, caller: reader });
  await eventually(() => gate.waiting.length === 1);
  for (let step = 0; step < 400; step += 1) forced.deliver(world.desk.commit('v1'));
  gate.open();

  const listening = await opening;
  await eventually(() => expect(sequences(listening)).toEqual(upTo(401)));
  expect(world.told.replays).toEqual(['open', 'behind']);
});

test('more than a queue of events while one is completed is asked for afterwards', async () => {
  const { forced, gate, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visitWithFee, { variables: { id: 'v1' }, caller: reader });
  gate.close();

  for (let step = 0; step < 400; step += 1) forced.deliver(world.desk.commit('v1'));
  await eventually(() => gate.waiting.length === 1);
  gate.open();

  await eventually(() => expect(sequences(listening)).toEqual(upTo(401)));
  expect(world.told.replays).toEqual(['open', 'behind']);
});

test('records that come again are not told again', async () => {
  const { forced, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });
  const records = [world.desk.commit('v1'), world.desk.commit('v1')];

  forced.deliver(...records, ...records);

  expect(sequences(listening)).toEqual([1, 2, 3]);
  expect(world.told.replays).toEqual(['open']);
});

test('a stream that is closed while an event is completed for it hears nothing, and the fetch is given up', async () => {
  const { forced, gate, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visitWithFee, { variables: { id: 'v1' }, caller: reader });
  gate.close();
  forced.deliver(world.desk.commit('v1'));
  await eventually(() => gate.waiting.length === 1);

  listening.stream.close('client');
  expect(world.streams.counts()).toEqual({ streams: 0, pipelines: 0, keys: 0 });
  gate.open();

  const again = await world.open(visitWithFee, { variables: { id: 'v1' }, caller: reader });
  await eventually(() => expect(sequences(again)).toEqual([2]));
  expect(sequences(listening)).toEqual([1]);
});

test('without an event log streams are refused, and so they are while it is away', async () => {
  await using none = await aStreamsWorld({ eventLog: null, log: createForcedLog().log });
  const away = createForcedLog('away');
  await using world = await aStreamsWorld({ log: away.log, attachMs: 10 });
  const query = 'subscription { bellRang(hall: "north") { hall } }';

  const refusals = [await none.refusal(query), await world.refusal(query)];
  away.tell('following', true);
  const listening = await world.open(query);

  for (const refused of refusals) expect(refused).toMatchObject({ status: 503, errors: [{ extensions: { code: 'EVENTS_UNAVAILABLE' } }] });
  expect(world.told.rejected).toEqual(['events_unavailable']);
  expect(listening.ends).toEqual([]);
});

test('open streams stay while the log is away, and lose nothing when it comes back with a hole', async () => {
  const { forced, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  await world.desk.setShelf('s1', 1);
  const query = 'subscription { shelvesChanged(shelfIds: ["s1"]) { free } }';
  const [first, second, shelf] = [
    await world.open(visit, { variables: { id: 'v1' }, caller: reader }),
    await world.open(visit, { variables: { id: 'v1' }, caller: reader }),
    await world.open(query),
  ];

  forced.tell('away', true);
  const refused = await world.refusal(query);
  for (let step = 0; step < 3; step += 1) world.desk.commit('v1');
  world.desk.commitShelf('s1', 2);
  forced.tell('following', false);
  forced.deliver(world.desk.commit('v1'), world.desk.commitShelf('s1', 3));

  for (const listening of [first, second]) await eventually(() => expect(sequences(listening)).toEqual(upTo(5)));
  await eventually(() => expect(shelf.results.at(-1)?.data).toEqual({ shelvesChanged: { free: 3 } }));
  expect(refused.status).toBe(503);
  expect([...first.ends, ...second.ends, ...shelf.ends]).toEqual([]);
  // Two who are the same caller share one answer.
  expect(world.told.replays.filter((cause) => cause === 'return')).toHaveLength(2);
});

test('when the log comes back without a hole nobody is asked', async () => {
  const { forced, world: opened } = await aForcedWorld();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });

  forced.tell('away', true);
  forced.tell('following', true);
  forced.deliver(world.desk.commit('v1'));

  expect(sequences(listening)).toEqual([1, 2]);
  expect(world.told.replays).toEqual(['open']);
});
