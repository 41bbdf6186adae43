import { parseId } from '@tally/kernel';
import type { Message } from 'kafkajs';
import { RecordRefusedError, type DeliveredRecord, type LogRecord } from '../event-log.ts';
import type { FetchedMessage } from './protocol.ts';

/** Largest payload in UTF-8 bytes. */
export const maxPayloadBytes = 1_000_000;

/** Largest key in UTF-8 bytes. Keys are ids; the library takes minutes to find the partition of one that has megabytes. */
const maxKeyBytes = 4096;

/** Names of headers; those of the trace are of W3C Trace Context. */
const headers = {
  eventId: 'event-id',
  type: 'type',
  sequence: 'sequence',
  time: 'time',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
} as const;

/** @throws {RecordRefusedError} it is no record of the port. */
export function toMessage({ topic, key, eventId, type, sequence, time, traceparent, tracestate, payload }: LogRecord): Message {
  if (payload.length * 3 > maxPayloadBytes && Buffer.byteLength(payload) > maxPayloadBytes) {
    throw new RecordRefusedError(`a record of ${topic} has ${Buffer.byteLength(payload)} bytes, ${maxPayloadBytes} are allowed`);
  }
  if (Buffer.byteLength(key) > maxKeyBytes)
    throw new RecordRefusedError(`a record of ${topic} has a key of more than ${maxKeyBytes} bytes`);
  for (const text of [key, type, payload]) {
    if (text.includes('\0') || !text.isWellFormed()) throw new RecordRefusedError(`a record of ${topic} holds what is no text`);
  }
  if (!Number.isSafeInteger(sequence) || Number.isNaN(time.getTime()))
    throw new RecordRefusedError(`a record of ${topic} has no sequence or no time`);
  return {
    key,
    value: payload,
    headers: {
      [headers.eventId]: eventId,
      [headers.type]: type,
      [headers.sequence]: String(sequence),
      [headers.time]: time.toISOString(),
      ...(traceparent === null ? {} : { [headers.traceparent]: traceparent }),
      ...(tracestate === null ? {} : { [headers.tracestate]: tracestate }),
    },
  };
}

/** `null` when it was not written by an adapter like this one. */
export function toRecord(topic: string, partition: number, message: FetchedMessage): DeliveredRecord | null {
  const text = (name: string): string | null => {
    const value = message.headers[name];
    return Buffer.isBuffer(value) ? value.toString() : null;
  };
  const eventId = parseId('evt', text(headers.eventId));
  const type = text(headers.type);
  const sequence = Number(text(headers.sequence) ?? Number.NaN);
  const time = new Date(text(headers.time) ?? Number.NaN);
  if (eventId === null || type === null || !Number.isSafeInteger(sequence) || Number.isNaN(time.getTime())) return null;
  if (message.key === null || message.value === null) return null;
  return {
    topic,
    partition,
    position: message.offset,
    key: message.key.toString(),
    eventId,
    type,
    sequence,
    time,
    traceparent: text(headers.traceparent),
    tracestate: text(headers.tracestate),
    payload: message.value.toString(),
  };
}
