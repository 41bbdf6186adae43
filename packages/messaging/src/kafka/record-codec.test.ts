import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { RecordRefusedError, type LogRecord } from '../event-log.ts';
import type { FetchedMessage } from './protocol.ts';
import { toMessage, toRecord } from './record-codec.ts';

const record: LogRecord = {
  topic: 'orders.order.v1',
  key: 'ord_1',
  eventId: newId('evt'),
  type: 'OrderPlaced',
  sequence: 7,
  time: new Date('2026-01-02T03:04:05.678Z'),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: null,
  payload: '{"text":"žluťoučký 🐎"}',
};

/** As the brokers give it back. */
function asFetched(of: LogRecord): FetchedMessage {
  const { key, value, headers } = toMessage(of);
  const bytes = Object.entries(headers ?? {}).map(([name, text]) => [name, Buffer.from(text as string)] as const);
  return {
    offset: '41',
    timestamp: '0',
    key: Buffer.from(key ?? ''),
    value: Buffer.from(value ?? ''),
    headers: Object.fromEntries(bytes),
    isControlRecord: false,
    batchContext: { firstOffset: '40', lastOffsetDelta: 1 },
  };
}

test('what travels beside the payload are headers, the trace by its W3C names', () => {
  expect(toMessage(record).headers).toEqual({
    'event-id': record.eventId,
    type: 'OrderPlaced',
    sequence: '7',
    time: '2026-01-02T03:04:05.678Z',
    traceparent: record.traceparent,
  });
});

test('a record comes back as it was written', () => {
  expect(toRecord(record.topic, 3, asFetched(record))).toEqual({ ...record, partition: 3, position: '41' });
});

test('what another system wrote is no record', () => {
  const written = asFetched(record);
  for (const name of ['event-id', 'type', 'sequence', 'time']) {
    const { [name]: _left, ...headers } = written.headers;
    expect(toRecord(record.topic, 0, { ...written, headers })).toBeNull();
  }
  expect(toRecord(record.topic, 0, { ...written, value: null })).toBeNull();
});

test('what is no record of the port is refused for itself', () => {
  const wrong: readonly Partial<LogRecord>[] = [
    { payload: 'x'.repeat(1_000_001) },
    { payload: '🐎'.repeat(250_001) },
    { payload: '\0' },
    { key: '\ud800' },
    { key: 'k'.repeat(4097) },
    { sequence: 1.5 },
    { time: new Date(Number.NaN) },
  ];
  for (const change of wrong) expect(() => toMessage({ ...record, ...change })).toThrow(RecordRefusedError);
  expect(() => toMessage({ ...record, payload: '🐎'.repeat(250_000) })).not.toThrow();
});
