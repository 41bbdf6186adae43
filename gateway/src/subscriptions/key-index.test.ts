import { newId } from '@tally/kernel';
import type { DeliveredRecord } from '@tally/messaging';
import { expect, test } from 'vitest';
import { createKeyIndex, type Listener } from './key-index.ts';

const record = (key: string, sequence: number, topic = 't'): DeliveredRecord => ({
  topic,
  key,
  sequence,
  eventId: newId('evt'),
  type: 'Tested',
  time: new Date(),
  traceparent: null,
  tracestate: null,
  payload: '{}',
  partition: 0,
  position: '1',
});

function aListener() {
  const taken: string[] = [];
  const listener: Listener = {
    take: ({ record: { key, sequence } }, position, gap) => void taken.push(`${key}${sequence}@${position}${gap ? '!' : ''}`),
  };
  return { taken, listener };
}

test('a record meets those who listen to its key, and nobody else', () => {
  const index = createKeyIndex();
  const [one, two] = [aListener(), aListener()];
  index.listen('t', ['a', 'b'], one.listener);
  index.listen('t', ['b'], two.listener);

  for (const key of ['a', 'b', 'c']) index.record(record(key, 1));
  index.record(record('a', 1, 'other'));

  expect(one.taken).toEqual(['a1@0', 'b1@1']);
  expect(two.taken).toEqual(['b1@0']);
});

test('repeats are dropped, and a missing sequence is told', () => {
  const index = createKeyIndex();
  const { taken, listener } = aListener();
  index.listen('t', ['a'], listener);

  for (const sequence of [4, 5, 5, 4, 7, 8]) index.record(record('a', sequence));
  index.forgetSequences();
  index.record(record('a', 11));

  expect(taken).toEqual(['a4@0', 'a5@0', 'a7@0!', 'a8@0', 'a11@0']);
});

test('whoever leaves leaves nothing', () => {
  const index = createKeyIndex();
  const { taken, listener } = aListener();
  index.listen('t', ['a', 'b'], listener);
  index.listen('u', ['a'], listener);
  expect(index.size).toBe(3);

  index.leave('t', ['a', 'b'], listener);
  index.leave('t', ['a'], listener);
  index.leave('u', ['a'], listener);
  index.record(record('a', 1));

  expect(index.size).toBe(0);
  expect(taken).toEqual([]);
});
