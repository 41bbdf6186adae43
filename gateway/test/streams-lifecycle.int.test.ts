import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { buildGeneration } from '../src/supergraph/generation.ts';
import { deskSdl, eventfulSupergraphOf, eventsSdl } from './library-events.ts';
import { createForcedLog } from './streams-forced-log.ts';
import { aReader, aStreamsWorld, eventfulGeneration, type Listening } from './streams-world.ts';

const visit = 'subscription ($id: ID!, $after: Int) { visitChanged(visitId: $id, afterSequence: $after) { sequence status } }';
const visitWithFee = 'subscription ($id: ID!) { visitChanged(visitId: $id) { sequence visit { fee } } }';
const shelves = 'subscription ($ids: [ID!]!) { shelvesChanged(shelfIds: $ids) { free shelf { label } } }';
const bell = 'subscription ($hall: ID!) { bellRang(hall: $hall) { sequence } }';
const nobody = { streams: 0, pipelines: 0, keys: 0 };

const sequences = ({ results }: Listening): unknown[] => results.map(({ sequence }) => sequence);

async function aWorldByHand() {
  const forced = createForcedLog();
  return { forced, world: await aStreamsWorld({ log: forced.log }) };
}

test('20,000 streams that come and go in every state leave nothing behind', { timeout: 90_000 }, async () => {
  const { forced, world: opened } = await aWorldByHand();
  await using world = opened;
  const reader = aReader();
  for (const id of ['v1', 'v3']) world.desk.book(id, reader.userId);
  const caller = reader;
  const ways: ((at: number) => Promise<unknown>)[] = [
    // Live, quiet.
    async (at) => (await world.open(bell, { variables: { hall: `h${at % 10}` } })).stream.close('client'),
    // Live, shared, in the middle of its event.
    async (at) => {
      const { stream } = await world.open(shelves, { variables: { ids: [`s${at % 7}`, 's0'] } });
      forced.deliver(world.desk.commitShelf('s0', at));
      stream.close('token_expired');
    },
    // Slow, with results waiting.
    async (at) => {
      const { stream } = await world.open(bell, { variables: { hall: 'slow' }, paused: true });
      forced.deliver({ ...world.desk.commitShelf('x', at), topic: 'desk.bell.v1', key: 'slow', payload: '{"hall":"slow"}' });
      stream.close('revoked');
    },
    // Catching up.
    async () => (await world.open(visit, { variables: { id: 'v1', after: 0 }, caller })).stream.close('client'),
    // Completing.
    async () => {
      const { stream } = await world.open(visitWithFee, { variables: { id: 'v3' }, caller });
      forced.deliver(world.desk.commit('v3'));
      stream.close('client');
    },
    // Refused, and left while opening.
    () => world.refusal(visit, { variables: { id: 'v2' }, caller }),
    async () => {
      const leaving = new AbortController();
      const opening = world.refusal(visit, { variables: { id: 'v1' }, caller, signal: leaving.signal });
      leaving.abort();
      await opening;
    },
    // Many quick ones.
    async (at) => (await world.open(bell, { variables: { hall: `q${at}` } })).stream.close('client'),
    async () => (await world.open(bell, { variables: { hall: 'same' } })).stream.close('client'),
    async () => (await world.open(bell, { variables: { hall: 'same' } })).stream.close('slow_consumer'),
  ];

  for (let batch = 0; batch < 200; batch += 1) {
    await Promise.all(Array.from({ length: 100 }, (_, at) => Promise.resolve(ways[at % ways.length]?.(batch * 100 + at))));
  }

  await eventually(() => expect(world.streams.counts()).toEqual(nobody));
});

test('streams that end with the gateway are told so, spread over time, and new ones are refused', async () => {
  const { world: opened } = await aWorldByHand();
  await using world = opened;
  const streams: Listening[] = [];
  for (let at = 0; at < 600; at += 1) streams.push(await world.open(bell, { variables: { hall: `h${at}` } }));

  const startedAt = performance.now();
  const draining = world.streams.drain(5_000);
  const early = streams.filter(({ ends }) => ends.length > 0).length;
  const refused = await world.refusal(bell, { variables: { hall: 'late' } });
  await draining;

  expect(early).toBeLessThan(300);
  expect(refused).toMatchObject({ status: 503, errors: [{ extensions: { code: 'EVENTS_UNAVAILABLE' } }] });
  expect(streams.every(({ ends }) => ends.length === 1 && ends[0]?.reason === 'shutdown' && ends[0].errors.length === 0)).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(world.streams.counts()).toEqual(nobody);
});

test('a replaced graph that means the same is not noticed', async () => {
  const { forced, world: opened } = await aWorldByHand();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const streams = [
    await world.open(visit, { variables: { id: 'v1' }, caller: reader }),
    await world.open(visitWithFee, { variables: { id: 'v1' }, caller: reader }),
    await world.open(shelves, { variables: { ids: ['s1', 's2'] } }),
  ];
  const generation = buildGeneration(eventfulSupergraphOf(`${eventsSdl}\ntype Unrelated @shareable { a: Int }`));

  await world.streams.reload(generation);
  forced.deliver(world.desk.commit('v1'), world.desk.commit('v1'), world.desk.commitShelf('s2', 4));

  for (const listening of streams.slice(0, 2)) await eventually(() => expect(sequences(listening)).toEqual([1, 2, 3]));
  await eventually(() => expect(streams[2]?.results).toHaveLength(1));
  const late = await world.open(visit, { variables: { id: 'v1' }, caller: reader });
  forced.deliver(world.desk.commit('v1'));
  await eventually(() => expect(sequences(late)).toEqual([3, 4]));
  expect(streams.flatMap(({ ends }) => ends)).toEqual([]);
  expect(world.told.replays).toEqual(['open', 'open', 'open', 'open']);
});

test.each([
  ['its field is gone', eventsSdl.replace('visitChanged(', 'visitMoved(')],
  ['its topic is another', eventsSdl.replace('desk.visit.v1', 'desk.visit.v2')],
  ['its key is another', eventsSdl.replace('key: "{args.visitId}"', 'key: "{subject}"')],
])('a stream ends when the graph is replaced and %s', async (_, sdl) => {
  const { forced, world: opened } = await aWorldByHand();
  await using world = opened;
  const reader = aReader();
  world.desk.book('v1', reader.userId);
  const listening = await world.open(visit, { variables: { id: 'v1' }, caller: reader });

  await world.streams.reload(buildGeneration(eventfulSupergraphOf(sdl)));
  expect(listening.ends).toEqual([]);
  forced.deliver(world.desk.commit('v1'));

  await eventually(() => expect(listening.ends).toHaveLength(1));
  expect(listening.ends[0]).toMatchObject({
    reason: 'schema_reloaded',
    errors: [{ extensions: { code: 'SCHEMA_RELOADED', lastSequence: 1 } }],
  });
  expect(sequences(listening)).toEqual([1]);
  expect(world.streams.counts()).toEqual(nobody);
});

test('what an event held and now has to be fetched splits those who are not the same caller', async () => {
  const forced = createForcedLog();
  const held = (sdl: string): string =>
    sdl.replace(/type Visit (@key[^{]*)\{ ?\n?/, 'type Visit $1{ fee: Int! @shareable ').replace('fee: Int! book', 'book');
  const full = buildGeneration(eventfulSupergraphOf(held(eventsSdl), held(deskSdl)));
  await using world = await aStreamsWorld({ log: forced.log, generation: full });
  const reader = aReader();
  const staff = aReader('desk:any');
  for (const id of ['v1', 'v2']) world.desk.book(id, reader.userId);
  const opened: Listening[] = [];
  for (const [id, caller] of [
    ['v1', reader],
    ['v1', staff],
    ['v2', reader],
  ] as const)
    opened.push(await world.open(visitWithFee, { variables: { id }, caller }));
  expect(world.streams.counts()).toEqual({ streams: 3, pipelines: 2, keys: 2 });
  const record = world.desk.commit('v2');
  forced.deliver({ ...record, payload: record.payload.replace('"visit":{', '"visit":{"fee":7,') });

  await world.streams.reload(eventfulGeneration());
  forced.deliver(world.desk.commit('v1'), world.desk.commit('v2'));

  await eventually(() => expect(opened[2]?.results).toHaveLength(3));
  expect(opened[2]?.results.map(({ data }) => (data?.['visitChanged']?.['visit'] as { fee: number }).fee)).toEqual([100, 7, 300]);
  for (const { ends } of opened.slice(0, 2)) expect(ends).toMatchObject([{ reason: 'schema_reloaded' }]);
});

test('a field that now demands more ends the streams of those who lack it', async () => {
  const { forced, world: opened } = await aWorldByHand();
  await using world = opened;
  const streams = [
    await world.open(bell, { variables: { hall: 'north' } }),
    await world.open(bell, { variables: { hall: 'north' }, caller: aReader() }),
  ];

  await world.streams.reload(
    buildGeneration(eventfulSupergraphOf(eventsSdl.replace('BellEvent! @topic', 'BellEvent! @authenticated @topic'))),
  );
  forced.deliver({ ...world.desk.commitShelf('x', 1), topic: 'desk.bell.v1', key: 'north', payload: '{"hall":"north"}' });

  await eventually(() => expect(streams[1]?.results).toHaveLength(1));
  expect(streams[0]?.ends).toMatchObject([{ reason: 'forbidden' }]);
  expect(streams[0]?.results).toHaveLength(0);
});

test('topics that a new graph brings are followed', async () => {
  const { forced, world: opened } = await aWorldByHand();
  await using world = opened;

  await world.streams.reload(buildGeneration(eventfulSupergraphOf(eventsSdl.replace('desk.bell.v1', 'desk.gong.v1'))));
  const listening = await world.open(bell, { variables: { hall: 'north' } });
  forced.deliver({ ...world.desk.commitShelf('x', 1), topic: 'desk.gong.v1', key: 'north', payload: '{"hall":"north"}' });

  expect(forced.followed).toHaveLength(2);
  expect(forced.followed[1]).toEqual(['desk.gong.v1']);
  expect(listening.results).toHaveLength(1);
});

test.each([
  ['a query', '{ books { id } }', {}, 400, 'BAD_REQUEST'],
  ['a syntax error', 'subscription {', {}, 400, 'GRAPHQL_PARSE_FAILED'],
  ['a field that does not exist', 'subscription { visitChangd(visitId: 1) { sequence } }', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a root field that may be skipped',
    'subscription { bellRang(hall: 1) @skip(if: false) { hall } }',
    {},
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a fragment of the root that may be left out',
    'subscription { ... @include(if: true) { bellRang(hall: 1) { hall } } }',
    {},
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['two root fields', 'subscription { a: bellRang(hall: 1) { hall } b: bellRang(hall: 2) { hall } }', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['a hidden field', 'subscription { visitEvents(visitId: 1) { sequence } }', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['@defer', 'subscription { bellRang(hall: 1) { ... @defer { hall } } }', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['the schema itself', 'subscription { __schema { types { name } } }', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['a missing variable', bell, {}, 400, 'BAD_USER_INPUT'],
  [
    'more aliases than anybody needs',
    `subscription { bellRang(hall: 1) { ${Array.from({ length: 16 }, (_, at) => `a${at}: hall`).join(' ')} } }`,
    {},
    400,
    'LIMIT_EXCEEDED',
  ],
  ['an operation that is not there', bell, { operationName: 'Other' }, 400, 'BAD_REQUEST'],
  ['nobody, where somebody is needed', visit, { variables: { id: 'v1' } }, 401, 'UNAUTHENTICATED'],
  [
    'more keys than any replay answers',
    shelves,
    { variables: { ids: Array.from({ length: 1_001 }, (_, at) => String(at)) } },
    400,
    'LIMIT_EXCEEDED',
  ],
])('%s opens no stream', async (_, query, wanted, status, code) => {
  const { world: opened } = await aWorldByHand();
  await using world = opened;

  const refused = await world.refusal(query, wanted);

  expect(refused.status).toBe(status);
  expect(refused.errors[0]?.extensions).toMatchObject({ code, traceId: 'a'.repeat(32) });
  expect(refused.errors[0]?.message).not.toMatch(/Did you mean/);
  expect(world.told.rejected).toHaveLength(1);
  expect(world.streams.counts()).toEqual(nobody);
});

test('a stream refused to nobody says what is missing', async () => {
  const { world: opened } = await aWorldByHand();
  await using world = opened;

  expect((await world.refusal(visit, { variables: { id: 'v1' } })).headers.get('www-authenticate')).toBe('Bearer');
});
