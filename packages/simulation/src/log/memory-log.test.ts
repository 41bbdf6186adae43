import { topicOf } from '@tally/events';
import { newId } from '@tally/kernel';
import { EventLogUnavailableError, PoisonEventError, RecordRefusedError, type Handlers, type LogRecord } from '@tally/messaging';
import { expect, test } from 'vitest';
import { createMemoryDatabase } from '../database/memory-database.ts';
import { createFaults } from '../scheduler/faults.ts';
import { createScheduler, type Machine } from '../scheduler/scheduler.ts';
import { createMemoryLog } from './memory-log.ts';

const topic = topicOf('products.stock.v1');

const record = (key: string, sequence: number): LogRecord => ({
  ...{
    topic: topic.name,
    key,
    sequence,
    eventId: newId('evt'),
    type: 'StockReleased',
    time: new Date(0),
    traceparent: null,
    tracestate: null,
  },
  payload: JSON.stringify({ commandId: newId('cmd'), order: { id: newId('ord') } }),
});
const range = (to: number): number[] => Array.from({ length: to }, (_, at) => at + 1);

/** A log, and processes whose consumer group keeps what it is handed. */
function aLog(options: {
  readonly seed?: number;
  readonly rates?: Readonly<Record<string, number>>;
  readonly most?: Readonly<Record<string, number>>;
}) {
  const scheduler = createScheduler({
    seed: options.seed ?? 1,
    faults: (random) => createFaults({ random, rates: options.rates ?? {}, ...(options.most === undefined ? {} : { most: options.most }) }),
  });
  const log = createMemoryLog({ ...scheduler, random: scheduler.random, topics: [topic] });
  const seen: { readonly by: string; readonly key: string; readonly sequence: number }[] = [];
  const database = createMemoryDatabase({ now: scheduler.now });
  const member = (name: string, handle: Handlers['StockReleased'] = async () => undefined): Machine =>
    scheduler.boot({
      name,
      database,
      start: (process) =>
        log.join(process, {
          group: 'readers',
          topics: [topic],
          handlers: {
            StockReleased: async (event) => {
              await process.turn();
              seen.push({ by: process.name, key: event.key, sequence: event.sequence });
              await handle(event);
            },
          },
        }),
    });
  const append = (...records: readonly LogRecord[]) => log.reachedFrom(scheduler.outside).append(records);
  const caughtUp = async () => {
    while (log.lag() > 0) await scheduler.outside.sleep(100);
  };
  const firstOf = (key: string): number[] => [...new Set(seen.filter((one) => one.key === key).map(({ sequence }) => sequence))];
  return { scheduler, log, seen, member, append, caughtUp, firstOf };
}

test('records of a key reach the group in their order, each once when nothing goes wrong', async () => {
  const { scheduler, log, seen, member, append, caughtUp, firstOf } = aLog({});

  await scheduler.run(async () => {
    member('one');
    member('two');
    for (const sequence of range(30)) await append(record('a', sequence), record('b', sequence));
    await caughtUp();
  });

  expect(firstOf('a')).toEqual(range(30));
  expect(firstOf('b')).toEqual(range(30));
  expect(seen).toHaveLength(60);
  expect(log.repeats).toBe(0);
  expect(log.partitions.filter(({ records }) => records.length > 0).length).toBeLessThanOrEqual(2);
});

test('what was handled but not written down comes again after a death, and nothing is left out', async () => {
  const { scheduler, log, member, append, caughtUp, firstOf } = aLog({ rates: { kill: 0.02, 'position lost': 0.3, rebalance: 0.1 } });

  await scheduler.run(async () => {
    member('one');
    member('two');
    for (const sequence of range(60)) await append(...range(5).map((key) => record(`key ${key}`, sequence)));
    await caughtUp();
  });

  for (const key of range(5)) expect(firstOf(`key ${key}`)).toEqual(range(60));
  expect(log.repeats).toBeGreaterThan(0);
});

test.each(['append lost', 'append unanswered', 'append partial', 'append late', 'log away'])(
  'an append that ends in "%s" says that nothing is known; sent again, everything arrives',
  async (kind) => {
    const { scheduler, member, append, caughtUp, firstOf, log } = aLog({ rates: { [kind]: 1 }, most: { [kind]: 1 } });
    const records = range(20).map((sequence) => record(`key ${sequence % 6}`, sequence));

    await scheduler.run(async () => {
      member('one');
      await expect(append(...records)).rejects.toThrow(EventLogUnavailableError);
      if (kind === 'log away') await expect(append(...records)).rejects.toThrow(EventLogUnavailableError);
      await scheduler.outside.sleep(20_000);
      await append(...records);
      await caughtUp();
    });

    const stored = log.partitions.flatMap((partition) => partition.records);
    expect(stored.length).toBeGreaterThanOrEqual(20);
    expect(stored.length).toBe(kind === 'append lost' || kind === 'log away' ? 20 : stored.length);
    if (kind === 'append late' || kind === 'append unanswered') expect(stored).toHaveLength(40);
    expect(
      range(6)
        .flatMap((key) => firstOf(`key ${key % 6}`))
        .toSorted((one, other) => one - other),
    ).toEqual(range(20));
  },
);

test('a record that can never be stored is refused, and none of its batch is stored', async () => {
  const { scheduler, append, log } = aLog({});

  await scheduler.run(async () => {
    const wrong = [
      { ...record('a', 2), topic: 'nowhere' },
      { ...record('a', 2), payload: 'x'.repeat(1_000_001) },
      { ...record('a', 2), sequence: Number.NaN },
    ];
    for (const one of wrong) await expect(append(record('a', 1), one)).rejects.toThrow(RecordRefusedError);
  });

  expect(log.partitions.flatMap(({ records }) => records)).toEqual([]);
});

test('an event that fails is tried again in place; one that is poison is given up with its key, and others go on', async () => {
  const { scheduler, log, member, append, caughtUp, firstOf, seen } = aLog({});
  let failures = 0;

  await scheduler.run(async () => {
    member('one', ({ key, sequence }) => {
      if (key === 'poison' && sequence === 1) return Promise.reject(new PoisonEventError('never'));
      if (key === 'waits' && (failures += 1) <= 20) return Promise.reject(Object.assign(new Error('deadlock'), { code: '40P01' }));
      if (key === 'broken') return Promise.reject(new TypeError('a bug'));
      return Promise.resolve();
    });
    for (const sequence of range(2)) for (const key of ['poison', 'waits', 'broken', 'fine']) await append(record(key, sequence));
    await caughtUp();
  });

  expect(log.parked.map(({ record: { key, sequence }, attempts }) => [key, sequence, attempts]).toSorted()).toEqual([
    ['broken', 1, 8],
    ['poison', 1, 1],
  ]);
  expect([firstOf('poison'), firstOf('broken'), firstOf('waits'), firstOf('fine')]).toEqual([[1], [1], [1, 2], [1, 2]]);
  expect(seen.filter(({ key }) => key === 'waits')).toHaveLength(22);
  expect(log.retries).toEqual(
    new Map([
      ['PoisonEventError', 1],
      ['Error', 20],
      ['TypeError', 8],
    ]),
  );
});

test('a member that stood still beyond its session finds its partitions with somebody else', async () => {
  const { scheduler, member, append, caughtUp, firstOf, seen } = aLog({ seed: 3, rates: { freeze: 0.003 } });

  await scheduler.run(async () => {
    member('one');
    member('two');
    for (const sequence of range(300)) {
      await append(record('a', sequence), record('b', sequence));
      await scheduler.outside.sleep(100);
    }
    await caughtUp();
  });

  expect(scheduler.faults.struck.get('freeze')).toBeGreaterThan(3);
  expect(firstOf('a')).toEqual(range(300));
  expect(firstOf('b')).toEqual(range(300));
  expect(new Set(seen.filter(({ key }) => key === 'a').map(({ by }) => by)).size).toBe(2);
});
