import { expect, test } from 'vitest';
import { judge, type Applied, type Event, type Recorded, type Remains } from './judge.ts';

const event = (sequence: number, key = 'usr_1'): Event => ({
  topic: 'users.session.v1',
  key,
  sequence,
  eventId: `${key}-${String(sequence)}`,
});
const onLog = (events: readonly Event[]): readonly Recorded[] => events.map((one, at) => ({ ...one, partition: 3, position: at + 1 }));
const effects = (events: readonly Event[]): readonly Applied[] => {
  const counts = new Map<string, number>();
  return events.map((one) => {
    const nth = (counts.get(one.key) ?? 0) + 1;
    counts.set(one.key, nth);
    return { ...one, nth };
  });
};

/** What is left when all of it went well, unless told otherwise. */
function remains(committed: readonly Event[], other: Partial<Remains> = {}): Remains {
  const applied = other.applied ?? effects(committed);
  const lasts = (events: readonly Event[]) =>
    [...Map.groupBy(events, ({ key }) => key)].map(([key, own]) => ({
      topic: 'users.session.v1',
      key,
      sequence: own.at(-1)?.sequence ?? 0,
      count: own.length,
    }));
  return {
    committed,
    streams: lasts(committed),
    rolledBack: new Set(),
    log: onLog(committed),
    applied,
    counters: lasts(applied).map(({ topic, key, sequence, count }) => ({ topic, key, applied: count, lastSequence: sequence })),
    ...other,
  };
}

const three = [event(1), event(2), event(3), event(1, 'usr_2')];
const nothing = { lost: [], appliedTwice: [], outOfOrder: [], phantoms: [], repeats: 0 };

test('events that all arrived once and in order are no fault', () => {
  expect(judge(remains(three))).toEqual(nothing);
});

test('records that are repeated in a row that goes on are counted and are no fault', () => {
  const log = onLog([event(1), event(2), event(1), event(2), event(3), event(1, 'usr_2')]);

  expect(judge(remains(three, { log }))).toEqual({ ...nothing, repeats: 2 });
});

test('a record that overtakes another of its stream is out of order', () => {
  const log = onLog([event(1), event(3), event(2), event(1, 'usr_2')]);

  expect(judge(remains(three, { log })).outOfOrder).toHaveLength(2);
});

test('a committed event that is not on the log, or has no effect, is lost', () => {
  const applied = effects([event(1), event(2), event(1, 'usr_2')]);

  expect(judge(remains(three, { log: onLog([event(1), event(2), event(1, 'usr_2')]), applied })).lost).toEqual([
    'never on the log: users.session.v1 usr_1 3 (usr_1-3)',
    'users.session.v1 usr_1 has 3 events, its counter 2 and its last 2',
  ]);
  expect(judge(remains(three, { applied })).lost[0]).toBe('never applied: users.session.v1 usr_1 3 (usr_1-3)');
});

test('an event without its row in the outbox is lost although nobody else knows of it', () => {
  const streams = [{ topic: 'users.session.v1', key: 'usr_1', sequence: 4 }];

  expect(judge(remains(three, { streams })).lost).toEqual(['users.session.v1 usr_1 has 4 events, its counter 3 and its last 3']);
});

test('an effect that was made again is found by its event and by its counter', () => {
  const applied = effects([event(1), event(2), event(3), event(3), event(1, 'usr_2')]);

  expect(judge(remains(three, { applied })).appliedTwice).toEqual([
    'usr_1-3 was applied 2 times',
    'users.session.v1 usr_1 has 3 events, its counter 4 and its last 3',
  ]);
});

test('a record of a transaction that was rolled back, or of none, is a phantom', () => {
  const log = onLog([...three, event(4), event(2, 'usr_2')]);

  expect(judge(remains(three, { log, rolledBack: new Set(['usr_1-4']) })).phantoms).toEqual([
    'on the log, and rolled back: users.session.v1 usr_1 4 (usr_1-4)',
    'on the log, and never committed: users.session.v1 usr_2 2 (usr_2-2)',
  ]);
});

test('a stream on two partitions has no order', () => {
  const log = onLog(three).map((record, at) => (at === 2 ? { ...record, partition: 4 } : record));

  expect(judge(remains(three, { log })).outOfOrder).toEqual(['users.session.v1 usr_1 lies on partitions 3 and 4']);
});
