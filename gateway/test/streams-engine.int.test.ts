import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { aReader, aStreamsWorld, type Listening } from './streams-world.ts';

const visit = 'subscription ($id: ID!, $after: Int) { visitChanged(visitId: $id, afterSequence: $after) { sequence status } }';
const visitWithFee =
  'subscription ($id: ID!, $after: Int) { v: visitChanged(visitId: $id, afterSequence: $after) { n: sequence visit { fee } } }';

const dead = () => Promise.resolve({ status: 503, body: 'upstream connect error' });

const sequences = ({ results }: Listening): unknown[] => results.map(({ sequence }) => sequence);
const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);

test('a stream begins with where its key stands, and goes on with what happens', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  await world.desk.step('v1');

  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });
  await world.desk.step('v1', 'LEFT');

  await eventually(() => expect(listening.results).toHaveLength(2));
  expect(listening.results.map(({ data }) => data)).toEqual([
    { visitChanged: { sequence: 2, status: 'SEATED' } },
    { visitChanged: { sequence: 3, status: 'LEFT' } },
  ]);
  expect(world.told.replays).toEqual(['open']);
  expect(world.told.pushes).toBe(1);
});

test('what the event does not hold is fetched for the subscriber', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);

  const listening = await world.open(
    'subscription { visitChanged(visitId: "v1") { __typename place { hall seat } visit { id fee book { title author { name } } } occurredAt } }',
    { caller: reader },
  );
  await world.desk.step('v1');

  await eventually(() => expect(listening.results).toHaveLength(2));
  expect(listening.results[1]?.errors).toBeUndefined();
  expect(listening.results[1]?.data).toEqual({
    visitChanged: {
      __typename: 'VisitEvent',
      place: { hall: 'north', seat: 2 },
      visit: { id: 'v1', fee: 200, book: { title: 'Tides', author: { name: 'Iris' } } },
      occurredAt: expect.stringMatching(/Z$/) as string,
    },
  });
  expect(world.doubles['desk']?.calls.at(-1)?.caller).toMatchObject({ userId: reader.userId });
});

test('what was missed comes once and in order, then what happens, however both meet', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  for (let step = 0; step < 30; step += 1) await world.desk.step('v1');

  const writing = (async () => {
    for (let step = 0; step < 150; step += 1) await world.desk.step('v1');
  })();
  const streams: Listening[] = [];
  for (let one = 0; one < 20; one += 1) {
    streams.push(await world.open(one % 2 === 0 ? visit : visitWithFee, { variables: { id: 'v1', after: one }, caller: reader }));
  }
  await writing;

  for (const [after, listening] of streams.entries()) {
    await eventually(() => expect(listening.results.at(-1)?.sequence).toBe(181), { timeoutMs: 15_000 });
    expect(sequences(listening)).toEqual(upTo(181, after + 1));
  }
  expect(new Set(world.told.replays)).toEqual(new Set(['resume']));
});

test('more than a page is read page by page', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  for (let step = 0; step < 2_100; step += 1) world.desk.commit('v1');

  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader, resumeAfter: 0 });

  await eventually(() => expect(listening.results).toHaveLength(2_101));
  expect(sequences(listening)).toEqual(upTo(2_101));
  expect(world.told.replays).toEqual(['resume', 'resume', 'resume']);
});

test('a slow client gets all of a long replay', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  for (let step = 0; step < 1_500; step += 1) world.desk.commit('v1');

  const listening = await world.open(visit, { variables: { id: 'v1', after: 0 }, caller: reader, paused: true });
  await eventually(() => {
    for (let taken = 0; taken < 100; taken += 1) listening.stream.resume();
    expect(listening.results).toHaveLength(1_501);
  });

  expect(sequences(listening)).toEqual(upTo(1_501));
  expect(world.told.overflows).toEqual([]);
});

test('a sequence that is missing is fetched from its owner, once for all who share it', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const sharing = await Promise.all([1, 2, 3].map(() => world.open(visit, { variables: { id: 'v1' }, caller: reader })));
  await world.desk.step('v1');
  await eventually(() => sharing.every(({ results }) => results.length === 2));

  world.desk.commit('v1');
  world.desk.commit('v1');
  await world.desk.step('v1');

  for (const listening of sharing) {
    await eventually(() => expect(sequences(listening)).toEqual(upTo(5)));
  }
  expect(world.told.replays).toEqual(['open', 'open', 'open', 'gap']);
});

test('a gap right after opening is found, although no record came before it', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });

  world.desk.commit('v1');
  await world.desk.step('v1');

  await eventually(() => expect(sequences(listening)).toEqual([1, 2, 3]));
});

test('types that are filtered out make no gap; one that is lost does', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  const listening = await world.open('subscription { noteWritten { sequence text } }', { caller: reader });

  await world.desk.note(reader.userId, 'one');
  await world.desk.readNotes(reader.userId);
  await world.desk.readNotes(reader.userId);
  await world.desk.note(reader.userId, 'four');

  await eventually(() => expect(sequences(listening)).toEqual([1, 4]));
  expect(world.told.replays).toEqual(['open']);
});

test('the first who shares a pipeline leaves, and the others hear no difference', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const [first, second] = [
    await world.open(visitWithFee, { variables: { id: 'v1' }, caller: reader }),
    await world.open(visitWithFee, { variables: { id: 'v1', after: 1 }, caller: reader }),
  ];
  expect(world.streams.counts()).toEqual({ streams: 2, pipelines: 1, keys: 1 });

  first.stream.close('client');
  await world.desk.step('v1');

  await eventually(() => expect(second.results).toHaveLength(1));
  expect(second.results[0]?.data).toEqual({ v: { n: 2, visit: { fee: 200 } } });
  expect(first.results).toHaveLength(1);
});

test('the last who leaves closes the pipeline at once, with no event to wait for', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const streams = [
    await world.open(visit, { variables: { id: 'v1' }, caller: reader }),
    await world.open(visitWithFee, { variables: { id: 'v1' }, caller: reader }),
  ];
  expect(world.streams.counts()).toEqual({ streams: 2, pipelines: 2, keys: 1 });

  for (const { stream } of streams) stream.close('client');

  expect(world.streams.counts()).toEqual({ streams: 0, pipelines: 0, keys: 0 });
  expect(world.told.ends).toEqual(['client', 'client']);
});

test('one fetch completes an event for all who share an identity; somebody else has a fetch of their own', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  const staff = aReader('desk:any');
  world.desk.book('v1', reader.userId);
  const streams: Listening[] = [];
  for (const caller of [reader, reader, staff]) streams.push(await world.open(visitWithFee, { variables: { id: 'v1' }, caller }));
  expect(world.streams.counts()).toMatchObject({ pipelines: 2 });
  const before = world.doubles['desk']?.calls.length ?? 0;

  await world.desk.step('v1');

  await eventually(() => expect(streams.map(({ results }) => results.length)).toEqual([2, 2, 2]));
  expect((world.doubles['desk']?.calls.length ?? 0) - before).toBe(2);
});

test('a shared field is completed once, for nobody in particular', async () => {
  await using world = await aStreamsWorld();
  await world.desk.setShelf('s1', 5);
  const query = 'subscription { shelvesChanged(shelfIds: ["s1", "s2"]) { free shelf { id label } } }';
  const streams = [await world.open(query), await world.open(query, { caller: aReader() })];
  expect(world.streams.counts()).toEqual({ streams: 2, pipelines: 1, keys: 2 });

  await world.desk.setShelf('s2', 7);

  for (const { results } of streams) {
    await eventually(() => expect(results).toHaveLength(2));
    expect(results[1]?.data).toEqual({ shelvesChanged: { free: 7, shelf: { id: 's2', label: 'shelf s2 for anonymous' } } });
  }
});

test('present states begin a stream of several keys, and nothing older follows', async () => {
  await using world = await aStreamsWorld();
  await world.desk.setShelf('s1', 1);
  const late = [world.desk.commitShelf('s1', 2), world.desk.commitShelf('s1', 3)];

  const listening = await world.open('subscription { shelvesChanged(shelfIds: ["s2", "s1"]) { sequence free shelf { id } } }');
  await world.log.append(late);
  await world.desk.setShelf('s1', 4);

  await eventually(() => expect(listening.results).toHaveLength(2));
  expect(listening.results.map(({ data }) => data?.['shelvesChanged']?.['free'])).toEqual([3, 4]);
  expect(listening.results.map(({ sequence }) => sequence)).toEqual([null, null]);
  expect(world.told.replays).toEqual(['open']);
});

test('what is foreign is refused like what is missing, and nothing stays behind', async () => {
  await using world = await aStreamsWorld();
  world.desk.book('v1', aReader().userId);

  const foreign = await world.refusal(visit, { variables: { id: 'v1' }, caller: aReader() });
  const missing = await world.refusal(visit, { variables: { id: 'v2' }, caller: aReader() });

  expect(foreign.errors).toEqual(missing.errors);
  expect(foreign.errors).toMatchObject([{ message: 'There is no such visit.', path: ['visitChanged'], extensions: { code: 'NOT_FOUND' } }]);
  expect([foreign.status, missing.status]).toEqual([404, 404]);
  expect(world.streams.counts()).toEqual({ streams: 0, pipelines: 0, keys: 0 });
});

test('a sequence ahead of the newest is refused as such', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);

  const refused = await world.refusal(visit, { variables: { id: 'v1', after: 7 }, caller: reader });

  expect(refused).toMatchObject({ status: 400, errors: [{ extensions: { code: 'SEQUENCE_AHEAD' } }] });
});

test('an event of somebody else ends the stream of an owner, and not that of staff', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  const staff = aReader('desk:any');
  world.desk.book('v1', reader.userId);
  const own = await world.open(visit, { variables: { id: 'v1' }, caller: reader });
  const foreign = await world.open(visit, { variables: { id: 'v1' }, caller: staff });
  await world.desk.step('v1');
  await eventually(() => expect([own.results.length, foreign.results.length]).toEqual([2, 2]));

  world.desk.hand('v1', aReader().userId);
  await world.desk.step('v1');

  await eventually(() => expect(foreign.results).toHaveLength(3));
  expect(own.results).toHaveLength(2);
  expect(own.ends).toMatchObject([{ reason: 'forbidden', errors: [{ extensions: { code: 'FORBIDDEN', lastSequence: 2 } }] }]);
  expect(world.streams.counts()).toEqual({ streams: 1, pipelines: 1, keys: 1 });
});

test('an entity that its subgraph refuses ends the stream', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visitWithFee, { variables: { id: 'v1' }, caller: reader });

  world.desk.hand('v1', aReader().userId);
  await world.log.append([
    { ...world.desk.commit('v1'), payload: JSON.stringify({ visit: { id: 'v1' }, reader: { id: reader.userId }, status: 'SEATED' }) },
  ]);

  await eventually(() => expect(listening.ends).toHaveLength(1));
  expect(listening.ends[0]).toMatchObject({ reason: 'forbidden', errors: [{ extensions: { code: 'FORBIDDEN', lastSequence: 1 } }] });
  expect(listening.results).toHaveLength(1);
});

test('a subgraph that is dead costs its fields, and the stream stays', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open('subscription { visitChanged(visitId: "v1") { sequence visit { id book { title } } } }', {
    caller: reader,
  });

  world.doubles['books']?.behave(dead);
  await world.desk.step('v1');
  await eventually(() => expect(listening.results).toHaveLength(2));
  world.doubles['books']?.behave(null);
  await world.desk.step('v1');
  await eventually(() => expect(listening.results).toHaveLength(3));

  expect(listening.results[1]).toMatchObject({
    data: { visitChanged: { sequence: 2, visit: { id: 'v1', book: null } } },
    errors: [
      {
        path: ['visitChanged', 'visit', 'book'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
      },
    ],
  });
  expect(listening.results[2]?.errors).toBeUndefined();
  expect(listening.ends).toEqual([]);
});

test('with the owner stopped after catch-up, streams of events alone still receive everything', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });
  const { desk } = world.doubles;
  desk?.behave(dead);
  const before = desk?.calls.length;

  for (let step = 0; step < 50; step += 1) await world.desk.step('v1');

  await eventually(() => expect(sequences(listening)).toEqual(upTo(51)));
  expect(desk?.calls.length).toBe(before);
  expect(world.told.replays).toEqual(['open']);
});

test('a gap while the owner is away is filled when it is back', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });
  world.doubles['desk']?.behave(dead);

  world.desk.commit('v1');
  await world.desk.step('v1');
  await eventually(() => world.told.replays.length > 2);
  await world.desk.step('v1');
  expect(sequences(listening)).toEqual([1]);
  world.doubles['desk']?.behave(null);

  await eventually(() => expect(sequences(listening)).toEqual([1, 2, 3, 4]));
  expect(listening.ends).toEqual([]);
});

test('END: a client that does not read loses its stream, and resumes from the last sequence it was told', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });
  await world.desk.step('v1');
  await eventually(() => listening.results.length === 2);
  listening.pause();

  for (let step = 0; step < 140; step += 1) await world.desk.step('v1');

  await eventually(() => expect(listening.ends).toHaveLength(1));
  expect(sequences(listening)).toEqual([1, 2, 3]);
  expect(listening.ends[0]).toMatchObject({
    reason: 'slow_consumer',
    errors: [{ extensions: { code: 'SLOW_CONSUMER', lastSequence: 3 } }],
  });
  expect(world.told.overflows).toEqual(['END']);
  expect(world.streams.counts()).toEqual({ streams: 0, pipelines: 0, keys: 0 });
  const again = await world.open(visit, { variables: { id: 'v1', after: 3 }, caller: reader });
  await eventually(() => expect(sequences(again)).toEqual(upTo(142, 4)));
});

test('LATEST: a client that does not read gets the newest of each key when it does', async () => {
  await using world = await aStreamsWorld();
  await world.desk.setShelf('s1', 1);
  const listening = await world.open('subscription { shelvesChanged(shelfIds: ["s1", "s2"]) { free shelf { id } } }');
  const other = await world.open('subscription { shelvesChanged(shelfIds: ["s1", "s2"]) { free } }');
  listening.pause();

  await world.desk.setShelf('s1', 2);
  for (let free = 0; free <= 200; free += 1) await world.desk.setShelf(free % 2 === 0 ? 's1' : 's2', free);
  await eventually(() => expect(other.results).toHaveLength(203));
  const before = listening.results.length;
  listening.resume();

  const waited = listening.results.slice(before).map(({ data }) => data?.['shelvesChanged']);
  expect(before).toBe(2);
  expect(waited.length).toBeLessThanOrEqual(128);
  for (const [id, free] of [
    ['s1', 200],
    ['s2', 199],
  ])
    expect(waited.findLast((event) => (event?.['shelf'] as { id: string }).id === id)?.['free']).toBe(free);
  expect(new Set(world.told.overflows)).toEqual(new Set(['LATEST']));
  expect(listening.ends).toEqual([]);
});

test('a client that takes nothing for long is let go', async () => {
  await using world = await aStreamsWorld({ slowMs: 200 });
  await world.desk.setShelf('s1', 1);
  const listening = await world.open('subscription { shelvesChanged(shelfIds: ["s1"]) { free } }', { paused: true });

  await eventually(() => expect(listening.ends).toMatchObject([{ reason: 'slow_consumer' }]));

  expect(world.streams.counts().streams).toBe(0);
});

test('streams without replay begin with their first event', async () => {
  await using world = await aStreamsWorld();
  const listening = await world.open('subscription { bellRang(hall: "north") { sequence hall } }');

  await world.desk.ring('north', 7);
  await world.desk.ring('south', 1);
  await world.desk.ring('north', 9);

  await eventually(() => expect(listening.results.map(({ data }) => data?.['bellRang']?.['sequence'])).toEqual([7, 9]));
  expect(world.told.replays).toEqual([]);
});

test('aliases, fragments and conditions hold in events as in queries', async () => {
  await using world = await aStreamsWorld();
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const query = `subscription S($with: Boolean = false, $fee: Boolean!, $after: Int!) { ...Root }
    fragment Root on Subscription { s: visitChanged(visitId: "v1", afterSequence: $after) { at: sequence ...More place { ...Where @include(if: $with) hall } } }
    fragment More on VisitEvent { __typename visit @include(if: $fee) { fee } sequence_: status }
    fragment Where on Place { seat }`;

  const plain = await world.open(query, { variables: { fee: false, after: 0 }, caller: reader });
  const full = await world.open(query, { variables: { fee: true, with: true, after: 0 }, caller: reader });
  await world.desk.step('v1');

  await eventually(() => expect([plain.results.length, full.results.length]).toEqual([2, 2]));
  const expected = (step: number, more: object, where: object) => ({
    s: { at: step, __typename: 'VisitEvent', ...more, sequence_: step === 1 ? 'BOOKED' : 'SEATED', place: { ...where, hall: 'north' } },
  });
  expect(plain.results.map(({ data }) => data)).toEqual([expected(1, {}, {}), expected(2, {}, {})]);
  expect(full.results[1]?.data).toEqual(expected(2, { visit: { fee: 200 } }, { seat: 2 }));
  expect(Object.keys(full.results[0]?.data?.['s'] ?? {})).toEqual(Object.keys(full.results[1]?.data?.['s'] ?? {}));
  // Only the stream that wants the fee asked anybody about the second step.
  expect(world.doubles['desk']?.calls.filter(({ query: sent }) => sent.includes('_entities'))).toHaveLength(1);
});
