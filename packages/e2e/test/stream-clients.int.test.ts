import { eventually } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols } from '../src/streams/stream-client.ts';
import { createWebSocketStreams } from '../src/streams/websocket.ts';
import { startScriptedGateway, type Told } from './scripted-gateway.ts';

const query = 'subscription($afterSequence: Int) { counted(afterSequence: $afterSequence) { sequence } }';
const event = (sequence: number) => ({ data: { counted: { sequence } } });
type Counted = ReturnType<typeof event>['data'];
/** The first events of a stream that begins after a sequence. */
const count = (told: Told, after: number, upTo: number): void => {
  for (let sequence = after + 1; sequence <= upTo; sequence += 1) told.next(event(sequence), String(sequence));
};

describe.each(protocols)('over %s', (protocol) => {
  test('events arrive one after the other with their time, until the other side completes', async () => {
    await using gateway = await startScriptedGateway((_, told) => {
      told.heartbeat();
      count(told, 0, 3);
      told.complete();
    });
    await using client = openStreams(protocol, { url: gateway.url, token: 'mine' });
    const before = performance.now();

    const stream = client.subscribe<Counted>(query, { afterSequence: 0 });

    expect(await stream.ended).toEqual({ reason: 'completed', errors: [], closeCode: null, status: null });
    expect([(await stream.next())?.data, (await stream.next())?.data, (await stream.next())?.data, await stream.next()]).toEqual([
      event(1).data,
      event(2).data,
      event(3).data,
      null,
    ]);
    expect(stream.events.map(({ sequence, id }) => [sequence, id])).toEqual(
      [1, 2, 3].map((n) => [n, protocol === 'sse' ? String(n) : null]),
    );
    for (const { at } of stream.events) expect(at).toBeGreaterThan(before);
    expect([stream.heartbeats, stream.lastSequence]).toEqual([1, 3]);
    expect(gateway.asked).toEqual([{ query, variables: { afterSequence: 0 }, lastEventId: null, authorization: 'Bearer mine' }]);
  });

  test('a stream that was cut goes on after the newest event that arrived', async () => {
    await using gateway = await startScriptedGateway(({ variables, lastEventId }, told) => {
      const after = Number(lastEventId ?? variables['afterSequence']);
      count(told, after, after + 2);
    });
    await using client = openStreams(protocol, { url: gateway.url });
    const first = client.subscribe<Counted>(query, { afterSequence: 5 });
    await first.next();
    await first.next();

    first.cut();
    const second = first.resume();

    expect(await first.ended).toMatchObject({ reason: 'cut' });
    expect([await second.next(), await second.next()]).toMatchObject([{ sequence: 8 }, { sequence: 9 }]);
    expect(second.events).toHaveLength(2);
    expect(gateway.asked[1]).toMatchObject(
      protocol === 'sse' ? { variables: { afterSequence: 5 }, lastEventId: '7' } : { variables: { afterSequence: 7 }, lastEventId: null },
    );
  });

  test('whoever leaves hears nothing more, and is gone at the other side', async () => {
    const streams: Told[] = [];
    await using gateway = await startScriptedGateway((_, told) => {
      streams.push(told);
      count(told, 0, 1);
    });
    await using client = openStreams(protocol, { url: gateway.url });
    const stream = client.subscribe<Counted>(query, { afterSequence: 0 });
    await stream.next();

    stream.leave();
    if (protocol !== 'websocket') streams[0]?.next(event(2));

    expect(await stream.ended).toMatchObject({ reason: 'left' });
    expect(await stream.next()).toBeNull();
    await eventually(async () => {
      expect(await gateway.connections()).toBe(0);
    });
    expect(stream.events).toHaveLength(1);
  });

  test('the other side’s errors, its sudden death and its absence are told apart', async () => {
    const errors = [{ message: 'no', extensions: { code: 'NOT_FOUND' } }];
    await using gateway = await startScriptedGateway(({ variables }, told) => {
      if (variables['how'] !== 'refuse') count(told, 0, 1);
      if (variables['how'] === 'die') told.die();
      else told.fail(errors);
    });
    await using client = openStreams(protocol, { url: gateway.url });
    await using nobody = openStreams(protocol, { url: 'http://127.0.0.1:1' });
    const status = protocol === 'websocket' ? null : 503;

    const refused = client.subscribe(query, { how: 'refuse' });
    expect(await refused.ended).toEqual({ reason: 'failed', errors, closeCode: null, status });
    const failed = client.subscribe(query, { how: 'fail' });
    expect(await failed.ended).toEqual({ reason: 'failed', errors, closeCode: null, status: null });
    expect([refused, failed].map(({ events }) => events.length)).toEqual([0, 1]);
    expect(await client.subscribe(query, { how: 'die' }).ended).toMatchObject({ reason: 'cut' });
    expect(await nobody.subscribe(query, {}).ended).toMatchObject({ reason: 'cut' });
  });

  test('a cut before anything has come is an end, too', async () => {
    await using gateway = await startScriptedGateway((_, told) => {
      count(told, 0, 1);
    });
    await using client = openStreams(protocol, { url: gateway.url });
    const stream = client.subscribe<Counted>(query, { afterSequence: 0 });

    stream.cut();

    expect(await stream.ended).toMatchObject({ reason: 'cut' });
    expect(await stream.resume().next()).toMatchObject({ sequence: 1 });
  });

  test('who pauses takes nothing from the connection until it proceeds', async () => {
    const long = 'x'.repeat(100_000);
    const streams: Told[] = [];
    await using gateway = await startScriptedGateway((_, told) => {
      streams.push(told);
      count(told, 0, 1);
    });
    await using client = openStreams(protocol, { url: gateway.url });
    const stream = client.subscribe<Counted>(query, { afterSequence: 0 });
    await stream.next();

    stream.pause();
    for (let sequence = 2; sequence <= 201; sequence += 1) streams[0]?.next({ data: { counted: { sequence, long } } });
    await using other = openStreams(protocol, { url: gateway.url });
    await other.subscribe(query, {}).next(); // a whole round trip later
    expect(stream.events.length).toBeLessThan(100);
    stream.proceed();

    await eventually(() => {
      expect(stream.lastSequence).toBe(201);
    });
  });
});

test('streams of one client share a socket; who leaves last closes it, and who comes then opens another', async () => {
  await using gateway = await startScriptedGateway((_, told) => {
    count(told, 0, 1);
  });
  await using client = createWebSocketStreams({ url: gateway.url, token: 'old' });
  const [one, two] = [client.subscribe(query, {}), client.subscribe(query, {})];
  await Promise.all([one.next(), two.next()]);
  expect(await gateway.connections()).toBe(1);

  one.leave();
  client.renew('new');
  await eventually(() => {
    expect(gateway.pings).toEqual([{ authorization: 'Bearer new' }]);
  });
  two.leave();
  const three = client.subscribe(query, {});
  await three.next();

  expect(gateway.asked.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
  three.cut();
  expect(await three.ended).toMatchObject({ reason: 'cut' });
});

test('the code of a closed socket is told to every stream on it', async () => {
  await using gateway = await startScriptedGateway((_, told) => {
    told.close(1001);
  });
  await using client = createWebSocketStreams({ url: gateway.url });

  const streams = [client.subscribe(query, {}), client.subscribe(query, {})];

  for (const { ended } of streams) expect(await ended).toEqual({ reason: 'closed', errors: [], closeCode: 1001, status: null });
});
