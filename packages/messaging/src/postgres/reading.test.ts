import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { firstLimit, nextLimit, type Found } from './reading.ts';

const found = (records: number, units: number): Found => ({
  trimmedThrough: 0,
  records: Array.from({ length: records }, (_, at) => ({
    topic: 'read.v1',
    partition: 0,
    position: String(at),
    key: 'a',
    eventId: newId('evt'),
    type: 'Tested',
    sequence: at,
    time: new Date(),
    traceparent: null,
    tracestate: null,
    payload: 'x'.repeat(units),
  })),
});

test('a read of small records is followed by a larger one, up to 200 records of a partition', () => {
  expect(nextLimit(firstLimit, [found(100, 10)])).toBe(200);
  expect(nextLimit(200, [found(200, 10)])).toBe(200);
});

test('a read of more than eight million units is followed by a smaller one, down to one record', () => {
  expect(nextLimit(100, [found(20, 400_000), found(20, 400_000)])).toBe(25);
  expect(nextLimit(2, [found(20, 900_000)])).toBe(1);
  expect(nextLimit(1, [found(20, 900_000)])).toBe(1);
});
