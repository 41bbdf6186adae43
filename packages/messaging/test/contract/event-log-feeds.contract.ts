import { eventually, freshKey } from '@tally/testkit';
import { expect, test } from 'vitest';
import { appendSurely, aRecord, aTopic, range, records, type EventLogWorld } from './event-log-world.ts';
import { startFeedProbe, type FeedProbe } from './feed-probe.ts';
import { createGroupProbe } from './group-probe.ts';

const keys = ['a', 'b', 'c', 'd'];

/** Positions of each partition as they were delivered. */
const positionsByPartition = ({ seen }: FeedProbe): readonly (readonly number[])[] =>
  [...Map.groupBy(seen, ({ topic, partition }) => `${topic} ${String(partition)}`).values()].map((delivered) =>
    delivered.map(({ position }) => Number(position)),
  );

/** What every adapter must hold about `follow`: cases 18 to 26 of the contract. */
export function feedCases(aWorld: () => Promise<EventLogWorld>): void {
  test('18 a feed gets what is appended once it follows, in the order of each key, and nothing older', async () => {
    await using world = await aWorld();
    const [first, second] = [aTopic(4), aTopic(2)];
    const [reading, writing] = [await world.open([]), await world.open([first, second])];
    await writing.log.append([first, second].flatMap((topic) => keys.map((key) => aRecord(topic, key, 1))));

    await using probe = await startFeedProbe(reading.log, { topics: [first.name, second.name], from: 'now' });
    await probe.feed.following;
    expect(probe.feed.state).toBe('following');
    for (let sequence = 2; sequence <= 300; sequence += 100)
      await writing.log.append([first, second].flatMap((topic) => keys.flatMap((key) => records(topic, key, sequence, sequence + 99))));
    await eventually(() => probe.seen.length >= 2 * keys.length * 300);

    expect(probe.seen).toHaveLength(2 * keys.length * 300);
    for (const { name } of [first, second])
      for (const key of keys)
        expect(probe.seen.filter((record) => record.topic === name && record.key === key).map(({ sequence }) => sequence)).toEqual(
          range(2, 301),
        );
  });

  test('19 each feed sees everything, in one process and in several, and leaves no trace for groups', async () => {
    await using world = await aWorld();
    const topic = aTopic(3);
    const [here, there] = [await world.open([topic]), await world.open([topic])];
    const following = { topics: [topic.name], from: 'now' as const };
    await using one = await startFeedProbe(here.log, following);
    await using two = await startFeedProbe(here.log, following);
    await using far = await startFeedProbe(there.log, following);
    await Promise.all([one, two, far].map(({ feed }) => feed.following));

    await here.log.append(keys.flatMap((key) => records(topic, key, 1, 25)));
    await eventually(() => [one, two, far].every(({ seen }) => seen.length >= 100));
    for (const probe of [one, two, far]) for (const key of keys) expect(probe.sequencesOf(key)).toEqual(range(1, 25));

    const group = createGroupProbe();
    await using member = await here.log.subscribe({
      group: freshKey('group'),
      topics: [topic],
      from: 'beginning',
      handler: group.handler(),
    });
    await member.caughtUp();
    expect(group.seen).toHaveLength(100);
  });

  test('20 a feed from a time has delivered what there was since then when it follows', async () => {
    await using world = await aWorld();
    const topic = aTopic(3);
    const { log } = await world.open([topic]);
    await log.append(keys.map((key) => aRecord(topic, key, 1)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const noon = new Date();
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let sequence = 2; sequence <= 700; sequence += 100)
      await log.append(keys.flatMap((key) => records(topic, key, sequence, sequence + 99)));

    await using probe = await startFeedProbe(log, { topics: [topic.name], from: noon });
    await probe.feed.following;

    for (const key of keys) expect(probe.sequencesOf(key)).toEqual(range(2, 701));
    expect(probe.told.at(-1)).toBe('following');
    await log.append([aRecord(topic, 'a', 702)]);
    await eventually(() => probe.sequencesOf('a').includes(702));
  });

  test('21 a topic that does not exist yet is followed from its first record on', async () => {
    await using world = await aWorld();
    const [known, later] = [aTopic(2), aTopic(2)];
    const [reading, writing] = [await world.open([]), await world.open([known])];
    await writing.log.append([aRecord(known, 'a', 1)]);
    await using probe = await startFeedProbe(reading.log, { topics: [known.name, later.name], from: 'now' });
    await probe.feed.following;

    const creating = await world.open([later]);
    await creating.log.append(records(later, 'a', 1, 3));
    await writing.log.append([aRecord(known, 'b', 1)]);

    await eventually(() => probe.seen.length >= 4);
    expect(probe.sequencesOf('a')).toEqual([1, 2, 3]);
    expect(probe.sequencesOf('b')).toEqual([1]);
  });

  test('22 the log may be away at the start of a feed', async () => {
    await using world = await aWorld();
    const topic = aTopic(2);
    const [reading, writing] = [await world.open([topic]), await world.open([topic])];
    await writing.log.append(records(topic, 'a', 1, 2));
    reading.proxy.cut();

    const started = performance.now();
    await using probe = await startFeedProbe(reading.log, { topics: [topic.name], from: 'now' });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect([probe.feed.state, probe.told]).toEqual(['away', []]);
    reading.proxy.heal();
    await probe.feed.following;
    await writing.log.append(records(topic, 'a', 3, 4));
    await eventually(() => probe.seen.length >= 2);

    expect(probe.told).toEqual(['following', 'a:3', 'a:4']);
  });

  test('23 what is appended while the log is away for a feed arrives when it is back', async () => {
    await using world = await aWorld();
    const topic = aTopic(4);
    const [reading, writing] = [await world.open([topic]), await world.open([topic])];
    await using probe = await startFeedProbe(reading.log, { topics: [topic.name], from: 'now' });
    await probe.feed.following;
    await writing.log.append(records(topic, 'a', 1, 2));
    await eventually(() => probe.seen.length === 2);

    reading.proxy.cut();
    await eventually(() => probe.feed.state === 'away');
    await writing.log.append(keys.flatMap((key) => records(topic, key, 3, 300)));
    reading.proxy.heal();
    await eventually(() => keys.every((key) => probe.sequencesOf(key).includes(300)), { timeoutMs: 15_000 });

    expect([...new Set(probe.sequencesOf('a'))]).toEqual(range(1, 300));
    for (const key of keys.slice(1)) expect([...new Set(probe.sequencesOf(key))]).toEqual(range(3, 300));
    expect(probe.told.filter((line) => !line.includes(':'))).toEqual(['following', 'away', 'following']);
  });

  test('24 records that were deleted before a feed could read them are told as missing, before what follows them', async () => {
    await using world = await aWorld();
    const topic = aTopic(2);
    const [reading, writing] = [await world.open([topic]), await world.open([topic])];
    await using probe = await startFeedProbe(reading.log, { topics: [topic.name], from: 'now' });
    await probe.feed.following;
    await writing.log.append(records(topic, 'a', 1, 2));
    await eventually(() => probe.seen.length === 2);

    reading.proxy.cut();
    await eventually(() => probe.feed.state === 'away');
    await writing.log.append(records(topic, 'a', 3, 4));
    await world.expire(topic);
    await writing.log.append(records(topic, 'a', 5, 6));
    reading.proxy.heal();
    await eventually(() => probe.seen.length >= 4, { timeoutMs: 15_000 });
    expect(probe.told).toEqual(['following', 'a:1', 'a:2', 'away', 'following holed', 'a:5', 'a:6']);

    await world.expire(topic); // what a feed has read may go
    await writing.log.append(records(topic, 'a', 7, 7));
    await eventually(() => probe.seen.length >= 5);
    expect(probe.told.slice(-2)).toEqual(['a:6', 'a:7']);
  });

  test('25 no feed sees a record before a lower position of its partition, or misses one, whoever appends, rolls back or dies', async () => {
    await using world = await aWorld();
    const topic = aTopic(3);
    const [reading, watching] = [await world.open([topic]), await world.open([topic])];
    await using probe = await startFeedProbe(reading.log, { topics: [topic.name], from: 'now' });
    await probe.feed.following;

    let appending = true;
    const disturbing = (async () => {
      while (appending) await world.disturb(topic.name);
    })();
    const lateFeeds: FeedProbe[] = [];
    await Promise.all(
      keys.map(async (key) => {
        const { log } = await world.open([topic]);
        for (let next = 1; next <= 200; next += 10) {
          await appendSurely(log, records(topic, key, next, next + 9));
          if (key !== 'a' || next % 50 !== 1) continue;
          // Between attaching and the end of this append nothing may fall through.
          const late = await startFeedProbe(watching.log, { topics: [topic.name], from: 'now' });
          lateFeeds.push(late);
          await late.feed.following;
          await appendSurely(log, records(topic, `after-${String(next)}`, 1, 5));
        }
      }),
    );
    appending = false;
    await disturbing;
    await eventually(() => keys.every((key) => probe.sequencesOf(key).includes(200)), { timeoutMs: 15_000 });
    await eventually(() => lateFeeds.every((late) => late.sequencesOf('a').includes(200)), { timeoutMs: 15_000 });
    // Another partition may be later.
    await eventually(() => lateFeeds.every((late, at) => late.sequencesOf(`after-${String(at * 50 + 1)}`).includes(5)), {
      timeoutMs: 15_000,
    });

    for (const key of keys) expect([...new Set(probe.sequencesOf(key))]).toEqual(range(1, 200));
    for (const [at, late] of lateFeeds.entries())
      expect([...new Set(late.sequencesOf(`after-${String(at * 50 + 1)}`))]).toEqual(range(1, 5));
    for (const each of [probe, ...lateFeeds])
      for (const positions of positionsByPartition(each)) {
        const firstAppearances = [...new Set(positions)];
        expect(firstAppearances).toEqual(firstAppearances.toSorted((one, other) => one - other));
      }
    for (const late of lateFeeds) await late[Symbol.asyncDispose]();
  });

  test('26 disposal stops a feed at once: amid its records, while the log is away, and before it ever followed', async () => {
    await using world = await aWorld();
    const topic = aTopic();
    const [reading, writing] = [await world.open([topic]), await world.open([topic])];
    const stopping: { probe?: FeedProbe } = {};
    await using probe = await startFeedProbe(reading.log, {
      topics: [topic.name],
      from: 'now',
      onRecord: ({ sequence }) => void (sequence === 3 && stopping.probe?.[Symbol.asyncDispose]()),
    });
    stopping.probe = probe;
    await using witness = await startFeedProbe(reading.log, { topics: [topic.name], from: 'now' });
    await Promise.all([probe.feed.following, witness.feed.following]);

    await writing.log.append(records(topic, 'a', 1, 10));
    await eventually(() => witness.seen.length === 10 && probe.seen.length > 0); // each reads for itself
    expect(probe.sequencesOf('a')).toEqual([1, 2, 3]);

    reading.proxy.stall();
    const never = await startFeedProbe(reading.log, { topics: [topic.name], from: 'now' });
    const refused = expect(never.feed.following).rejects.toThrow();
    const started = performance.now();
    await Promise.all([never, witness].map((each) => each[Symbol.asyncDispose]()));
    expect(performance.now() - started).toBeLessThan(500);
    await refused;
    expect(never.told).toEqual([]);
  });
}
