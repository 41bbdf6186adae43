import type { TopicFacts } from '@tally/events';
import { eventually, freshKey } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { EventLogUnavailableError, PositionLostError, RecordRefusedError, type EventLog, type From } from '../../src/index.ts';
import { appendSurely, aRecord, aTopic, range, records, type EventLogWorld } from './event-log-world.ts';
import { feedCases } from './event-log-feeds.contract.ts';
import { createGroupProbe, nameOf, sequencesOf, type GroupProbe } from './group-probe.ts';

const join = (
  log: EventLog,
  topic: TopicFacts,
  group: string,
  probe: GroupProbe,
  work?: Parameters<GroupProbe['handler']>[0],
  from: From = 'beginning',
) => log.subscribe({ group, topics: [topic], from, handler: probe.handler(work) });

const lagOf = async (log: EventLog, group: string): Promise<number> =>
  (await log.lag(group)).reduce((sum, { records: behind }) => sum + behind, 0);

/** A gate that handlers wait at until it is opened. */
function aGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

/** What every adapter of the event log must hold (docs/reliability.md, contract suite). Each case makes its world and owns it. */
export function eventLogContract(adapter: string, aWorld: () => Promise<EventLogWorld>): void {
  describe(`event log: ${adapter}`, () => {
    test('1 records of one key keep their order across batches', async () => {
      await using world = await aWorld();
      const topic = aTopic(4);
      const { log } = await world.open([topic]);
      const keys = ['a', 'b', 'c', 'd', 'e'];
      const probe = createGroupProbe();

      for (let batch = 0; batch < 10; batch += 1)
        await log.append(keys.flatMap((key) => records(topic, key, batch * 30 + 1, batch * 30 + 30)));
      await using member = await join(log, topic, 'readers', probe);
      await member.caughtUp();

      for (const key of keys) expect(sequencesOf(probe, key)).toEqual(range(1, 300));
      expect(probe.seen).toHaveLength(1500);
    });

    test('2 nothing is lost under concurrent appenders, rollbacks and killed connections', async () => {
      await using world = await aWorld();
      const topic = aTopic(2); // several appenders to each partition, so that they overtake each other where they can
      const probe = createGroupProbe();
      const { log: reading } = await world.open([topic]);
      await using member = await join(reading, topic, 'readers', probe);
      const appenders = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

      let appending = true;
      const disturbing = (async () => {
        while (appending) await world.disturb(topic.name);
      })();
      await Promise.all(
        appenders.map(async (key) => {
          const { log } = await world.open([topic]);
          for (let next = 1; next <= 100; next += 5) await appendSurely(log, records(topic, key, next, next + 4));
        }),
      );
      appending = false;
      await disturbing;

      await member.caughtUp();
      for (const key of appenders) expect(sequencesOf(probe, key)).toEqual(range(1, 100));
    });

    test('3 a member killed before its commit leads to redelivery, one killed after it to no loss', async () => {
      await using world = await aWorld();
      const topic = aTopic();
      const [first, second, third, watcher] = [
        await world.open([topic]),
        await world.open([topic]),
        await world.open([topic]),
        await world.open([topic]),
      ];
      await first.log.append(records(topic, 'a', 1, 3));

      const before = createGroupProbe();
      const never = aGate();
      await using _first = await join(first.log, topic, 'readers', before, ({ sequence }) => (sequence === 2 ? never.passed : undefined));
      await eventually(async () => (await lagOf(watcher.log, 'readers')) === 2);
      first.proxy.cut();

      const after = createGroupProbe();
      await using takingOver = await join(second.log, topic, 'readers', after);
      await takingOver.caughtUp();
      expect(after.seen.map(nameOf)).toEqual(['a:2', 'a:3']);
      second.proxy.cut();

      await watcher.log.append(records(topic, 'a', 4, 5));
      const last = createGroupProbe();
      await using finishing = await join(third.log, topic, 'readers', last);
      await finishing.caughtUp();
      expect(last.seen.map(nameOf)).toEqual(['a:4', 'a:5']);
      never.open();
    });

    test('4 a position only moves forward, whatever an old owner or an older statement says', async () => {
      await using world = await aWorld();
      const topic = aTopic();
      const [old, fresh, watcher] = [await world.open([topic]), await world.open([topic]), await world.open([topic])];
      await old.log.append(records(topic, 'a', 1, 10));

      const [stalled, gate] = [aGate(), aGate()];
      const zombie = createGroupProbe();
      const lost = Promise.withResolvers<void>();
      await using returning = await join(old.log, topic, 'readers', zombie, async ({ sequence }, { signal }) => {
        if (sequence === 1) return stalled.passed;
        if (zombie.seen.length > 2) return;
        signal.addEventListener('abort', () => lost.resolve());
        return gate.passed;
      });
      await eventually(() => zombie.seen.length === 1);
      old.proxy.stall();
      stalled.open(); // the position after record 1 is on its way, and arrives when it is old

      const probe = createGroupProbe();
      await using member = await fresh.log.subscribe({
        group: 'readers',
        topics: [topic],
        from: 'beginning',
        async handler(delivery) {
          await probe.handler()(delivery);
          for (const record of delivery.records.toReversed()) delivery.handled(record); // an older statement after a newer one
        },
      });
      await member.caughtUp();
      await lost.promise;
      old.proxy.heal();
      gate.open();
      await returning.caughtUp();
      await returning[Symbol.asyncDispose]();

      expect(sequencesOf(probe, 'a')).toEqual(range(1, 10));
      expect(await lagOf(watcher.log, 'readers')).toBe(0);
    });

    test('5 a key is handled serially, partitions are handled in parallel', async () => {
      await using world = await aWorld();
      const topic = aTopic(4);
      const { log } = await world.open([topic]);
      const keys = range(1, 40).map((number) => `key-${String(number)}`);

      const probe = createGroupProbe();
      const together = aGate();
      await using member = await join(log, topic, 'readers', probe, async () => {
        if (probe.mostPartitions >= 3) together.open();
        await together.passed;
        await new Promise(setImmediate);
      });
      for (let sequence = 1; sequence <= 5; sequence += 1) await log.append(keys.map((key) => aRecord(topic, key, sequence)));
      await member.caughtUp();

      expect(probe.mostPerKey).toBe(1);
      expect(probe.mostPartitions).toBeGreaterThanOrEqual(3);
      expect(probe.seen).toHaveLength(200);
    });

    test('6 members that join and leave every two seconds skip nothing and never share a key', async () => {
      await using world = await aWorld();
      const topic = aTopic(8);
      const probe = createGroupProbe();
      const keys = range(1, 16).map((number) => `key-${String(number)}`);
      const work = () => new Promise<void>((resolve) => setTimeout(resolve, 15));
      const { log: staying } = await world.open([topic]);
      await using member = await join(staying, topic, 'readers', probe, work);

      let sequence = 0;
      let changing = true;
      const appending = (async () => {
        const { log } = await world.open([topic]);
        while (changing) {
          sequence += 1;
          await log.append(keys.map((key) => aRecord(topic, key, sequence)));
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
      })();
      for (let round = 0; round < 4; round += 1) {
        const { log } = await world.open([topic]);
        const own = createGroupProbe();
        const guest = await log.subscribe({
          group: 'readers',
          topics: [topic],
          from: 'beginning',
          handler: (delivery) =>
            Promise.all([own.handler()({ ...delivery, handled: () => undefined }), probe.handler(work)(delivery)]).then(() => undefined),
        });
        await new Promise((resolve) => setTimeout(resolve, 2000));
        await eventually(() => own.seen.length > 0, { timeoutMs: 15_000 }); // it did take part
        await guest[Symbol.asyncDispose]();
      }
      changing = false;
      await appending;
      await member.caughtUp();

      for (const key of keys) expect(sequencesOf(probe, key)).toEqual(range(1, sequence));
      expect(probe.mostPerKey).toBe(1);
    });

    test('7 a handler slower than the session keeps its partition', async () => {
      await using world = await aWorld();
      const topic = aTopic();
      const [slow, other] = [await world.open([topic]), await world.open([topic])];
      await slow.log.append(records(topic, 'a', 1, 2));

      const probe = createGroupProbe();
      const rival = createGroupProbe();
      await using member = await join(
        slow.log,
        topic,
        'readers',
        probe,
        () => new Promise((resolve) => setTimeout(resolve, world.sessionMs * 2)),
      );
      await eventually(() => probe.seen.length === 1);
      await using _rival = await join(other.log, topic, 'readers', rival);
      await member.caughtUp();

      expect(probe.seen.map(nameOf)).toEqual(['a:1', 'a:2']);
      expect(rival.seen).toEqual([]);
    });

    test('8 a handler may throw anything and its records come again while other partitions go on', async () => {
      await using world = await aWorld();
      const topic = aTopic(4);
      const { log } = await world.open([topic]);
      const thrown: unknown[] = [new Error('refused'), new TypeError('a bug'), undefined, null, 'text', 0];
      await log.append([...records(topic, 'bad', 1, thrown.length), ...records(topic, 'good-0', 1, 5), ...records(topic, 'good-1', 1, 5)]);

      const probe = createGroupProbe();
      const failed = new Set<number>();
      const handler = probe.handler(({ key, sequence }) => {
        if (key !== 'bad' || failed.has(sequence)) return;
        failed.add(sequence);
        throw thrown[sequence - 1];
      });
      let synchronous = true;
      await using member = await log.subscribe({
        group: 'readers',
        topics: [topic],
        from: 'beginning',
        handler(delivery) {
          if (!synchronous) return handler(delivery);
          synchronous = false;
          throw new RangeError('before the first await');
        },
      });
      await member.caughtUp();

      expect(failed.size).toBe(thrown.length);
      expect(sequencesOf(probe, 'bad')).toEqual(range(1, thrown.length));
      expect(sequencesOf(probe, 'good-0')).toEqual(range(1, 5));
      expect(await lagOf(log, 'readers')).toBe(0);
    });

    test('9 a handler that returns without an effect keeps its partition, and its records come again', async () => {
      await using world = await aWorld();
      const topic = aTopic();
      const [first, other] = [await world.open([topic]), await world.open([topic])];
      await first.log.append(records(topic, 'a', 1, 3));

      const probe = createGroupProbe();
      const rival = createGroupProbe();
      const pausedUntil = performance.now() + world.sessionMs * 2.5;
      let pauses = 0;
      await using member = await first.log.subscribe({
        group: 'readers',
        topics: [topic],
        from: 'beginning',
        async handler(delivery) {
          if (performance.now() > pausedUntil) return probe.handler()(delivery);
          pauses += 1;
        },
      });
      await eventually(() => pauses > 0);
      await using _rival = await join(other.log, topic, 'readers', rival);
      await member.caughtUp();

      expect(pauses).toBeGreaterThan(1);
      expect(probe.seen.map(nameOf)).toEqual(['a:1', 'a:2', 'a:3']);
      expect(rival.seen).toEqual([]);
    });

    test('10 the log may be away at start, during and after', async () => {
      await using world = await aWorld();
      const topic = aTopic(2);
      const { log, proxy } = await world.open([topic]);
      const probe = createGroupProbe();

      proxy.cut();
      const member = await join(log, topic, 'readers', probe);
      await expect(log.append(records(topic, 'a', 1, 1))).rejects.toBeInstanceOf(EventLogUnavailableError);
      await expect(log.lag('readers')).rejects.toBeInstanceOf(EventLogUnavailableError);
      proxy.heal();
      await appendSurely(log, records(topic, 'a', 1, 5));
      await member.caughtUp();
      expect(sequencesOf(probe, 'a')).toEqual(range(1, 5));

      proxy.cut();
      await expect(log.append(records(topic, 'a', 6, 8))).rejects.toBeInstanceOf(EventLogUnavailableError);
      proxy.heal();
      await appendSurely(log, records(topic, 'a', 6, 8));
      await member.caughtUp();
      expect(sequencesOf(probe, 'a')).toEqual(range(1, 8));

      proxy.cut();
      const started = performance.now();
      await member[Symbol.asyncDispose]();
      expect(performance.now() - started).toBeLessThan(10_000);
    });

    test('11 bytes survive, and a record that is too large is refused for itself', async () => {
      await using world = await aWorld();
      const topic = aTopic();
      const { log } = await world.open([topic]);
      const payloads = ['', '{"text":"žluťoučký 🐎 \\u0000 \\\\ \\" \n\t ‏עברית"}', 'x'.repeat(900_000), '🐎'.repeat(200_000)];
      const key = 'ключ 🗝 \\ "quoted" {1,2}';
      const written = payloads.map((payload, at) => ({
        ...aRecord(topic, key, at + 1, payload),
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        tracestate: 'vendor=value',
        time: new Date('2026-01-02T03:04:05.678Z'),
      }));

      await log.append(written);
      await expect(log.append([aRecord(topic, key, 5), aRecord(topic, key, 6, 'x'.repeat(2_000_000))])).rejects.toBeInstanceOf(
        RecordRefusedError,
      );
      await expect(log.append([aRecord({ ...topic, name: 'nowhere.v1' }, key, 1)])).rejects.toBeInstanceOf(RecordRefusedError);

      const probe = createGroupProbe();
      await using member = await join(log, topic, 'readers', probe);
      await member.caughtUp();
      expect(probe.seen.map(({ partition: _partition, position: _position, ...record }) => record)).toEqual(written);
    });

    test('12 a new group begins at the beginning, now, or at a time', async () => {
      await using world = await aWorld();
      const topic = aTopic(3);
      const { log } = await world.open([topic]);
      const keys = ['a', 'b', 'c', 'd'];
      await log.append(keys.map((key) => aRecord(topic, key, 1)));
      await new Promise((resolve) => setTimeout(resolve, 20));
      const noon = new Date();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await log.append(keys.map((key) => aRecord(topic, key, 2)));

      const seenFrom = async (from: From): Promise<readonly string[]> => {
        const probe = createGroupProbe();
        await using member = await join(log, topic, freshKey('group'), probe, undefined, from);
        if (from === 'now') await log.append(keys.map((key) => aRecord(topic, key, 3)));
        await member.caughtUp();
        return probe.seen.map(nameOf).toSorted();
      };

      expect(await seenFrom('beginning')).toEqual(['a:1', 'a:2', 'b:1', 'b:2', 'c:1', 'c:2', 'd:1', 'd:2']);
      expect(await seenFrom(noon)).toEqual(['a:2', 'b:2', 'c:2', 'd:2']);
      expect(await seenFrom('now')).toEqual(['a:3', 'b:3', 'c:3', 'd:3']);
    });

    test('13 a position out of retention stops the group loudly, one of a quiet partition does not', async () => {
      await using world = await aWorld();
      const topic = aTopic(2);
      const { log } = await world.open([topic]);
      await log.append(records(topic, 'a', 1, 3));
      const probe = createGroupProbe();
      for (const group of ['behind', 'current']) {
        await using member = await join(log, topic, group, probe);
        await member.caughtUp();
      }
      await log.append([...records(topic, 'a', 4, 6), ...records(topic, 'b', 1, 3)]);
      {
        await using member = await join(log, topic, 'current', probe);
        await member.caughtUp();
      }
      await world.expire(topic);
      await log.append(records(topic, 'a', 7, 7));

      const late = createGroupProbe();
      await using behind = await join(log, topic, 'behind', late);
      await expect(behind.ended).rejects.toBeInstanceOf(PositionLostError);
      await expect(behind.caughtUp()).rejects.toBeInstanceOf(PositionLostError);
      expect(late.seen).toEqual([]);

      const going = createGroupProbe();
      await using current = await join(log, topic, 'current', going);
      await current.caughtUp();
      expect(going.seen.map(nameOf)).toEqual(['a:7']);

      const newcomer = createGroupProbe();
      await using fresh = await join(log, topic, 'new', newcomer);
      await fresh.caughtUp();
      expect(newcomer.seen.map(nameOf)).toEqual(['a:7']);
    });

    test('14 closing finishes the record at hand, commits and leaves', async () => {
      await using world = await aWorld();
      const topic = aTopic();
      const [first, other] = [await world.open([topic]), await world.open([topic])];
      await first.log.append(records(topic, 'a', 1, 3));
      const probe = createGroupProbe();
      const gate = aGate();
      const member = await join(first.log, topic, 'readers', probe, () => gate.passed);
      await eventually(() => probe.seen.length === 1);

      const closing = member[Symbol.asyncDispose]();
      gate.open();
      await closing;
      await member.ended;
      expect(probe.seen.map(nameOf)).toEqual(['a:1']);
      expect(await lagOf(other.log, 'readers')).toBe(2);

      const started = performance.now();
      const next = createGroupProbe();
      await using successor = await join(other.log, topic, 'readers', next);
      await eventually(() => next.seen.length === 2);
      expect(performance.now() - started).toBeLessThan(world.sessionMs); // nobody's lease had to run out
      await successor.caughtUp();
      expect(next.seen.map(nameOf)).toEqual(['a:2', 'a:3']);
    });

    test('15 records that are appended twice arrive twice, in their order, as the same events', async () => {
      await using world = await aWorld();
      const topic = aTopic();
      const { log } = await world.open([topic]);
      const batch = records(topic, 'a', 1, 3);
      await log.append(batch);
      await log.append(batch);
      const probe = createGroupProbe();
      await using member = await join(log, topic, 'readers', probe);
      await member.caughtUp();

      expect(probe.seen.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 1, 2, 3]);
      expect(probe.seen.map(({ eventId }) => eventId)).toEqual([...batch, ...batch].map(({ eventId }) => eventId));
    });

    test('16 lag counts what is not handled, and its age', async () => {
      await using world = await aWorld();
      const topic = aTopic(2);
      const { log } = await world.open([topic]);
      const probe = createGroupProbe();
      const gate = aGate();
      await using member = await join(log, topic, 'readers', probe, ({ sequence }) => (sequence === 3 ? gate.passed : undefined));
      await log.append(records(topic, 'a', 1, 5));

      await eventually(async () => (await lagOf(log, 'readers')) === 3);
      const partitions = await log.lag('readers');
      expect(partitions).toHaveLength(2);
      expect(partitions.map(({ records: behind }) => behind).toSorted()).toEqual([0, 3]);
      const older = partitions.find(({ records: behind }) => behind === 3);
      await eventually(
        async () => ((await log.lag('readers')).find(({ records: behind }) => behind === 3)?.seconds ?? 0) > (older?.seconds ?? 0),
      );
      expect(partitions.find(({ records: behind }) => behind === 0)?.seconds).toBe(0);

      gate.open();
      await member.caughtUp();
      expect(await lagOf(log, 'readers')).toBe(0);
      expect(await log.lag('nobody')).toEqual([]);
    });

    test('17 an append whose reply is lost and another of equal size both arrive', async () => {
      await using world = await aWorld();
      const topic = aTopic();
      const [writing, reading] = [await world.open([topic]), await world.open([topic])];
      const probe = createGroupProbe();
      await using member = await join(reading.log, topic, 'readers', probe);
      await writing.log.append(records(topic, 'warm', 1, 1));

      writing.proxy.loseReplies();
      const lost = writing.log.append(records(topic, 'a', 1, 3));
      const outcome = expect(lost).rejects.toBeInstanceOf(EventLogUnavailableError);
      await eventually(() => sequencesOf(probe, 'a').length === 3); // it did arrive
      writing.proxy.cut();
      await outcome;
      writing.proxy.heal();
      await appendSurely(writing.log, records(topic, 'b', 1, 3));
      await member.caughtUp();

      expect(sequencesOf(probe, 'a')).toEqual([1, 2, 3]);
      expect(sequencesOf(probe, 'b')).toEqual([1, 2, 3]);
    });

    feedCases(aWorld);
  });
}
