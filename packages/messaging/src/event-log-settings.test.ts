import { readEnvironment } from '@tally/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { eventLogAddressOf, eventLogSettings } from './event-log-settings.ts';

const read = (environment: Record<string, string>) => eventLogAddressOf(readEnvironment(z.object(eventLogSettings), environment));
const log = 'postgresql://event_log@db:5432/tally';

test('without a variable there is no log, with a database it is PostgreSQL, with brokers Kafka', () => {
  expect(read({})).toBeNull();
  expect(read({ EVENT_LOG_DATABASE_URL: log })).toEqual({ kind: 'postgres', databaseUrl: log });
  expect(read({ EVENT_LOG_DATABASE_URL: log, KAFKA_BROKERS: 'a:9092, [::1]:9093' })).toEqual({
    kind: 'kafka',
    brokers: ['a:9092', '[::1]:9093'],
    prefix: '',
    tls: null,
    credentials: null,
  });
});

test('a cluster may ask for a name, and speak TLS', () => {
  const given = { KAFKA_BROKERS: 'a:9093', KAFKA_PREFIX: 'blue.', KAFKA_TLS: 'on', KAFKA_USERNAME: 'tally', KAFKA_PASSWORD: 's' };
  expect(read(given)).toMatchObject({
    prefix: 'blue.',
    tls: { ca: null },
    credentials: { mechanism: 'scram-sha-512', username: 'tally', password: 's' },
  });
});

test.each(['a', 'a:0', 'a:99999', 'kafka://a:9092', 'a:9092,', 'a:9092;b:9092'])('%j names no brokers', (KAFKA_BROKERS) => {
  expect(() => read({ KAFKA_BROKERS })).toThrow('KAFKA_BROKERS is not valid (host:port, several separated by commas)');
});

test.each([
  [{ KAFKA_USERNAME: 'tally' }, 'KAFKA_PASSWORD is missing: Kafka takes both, or neither'],
  [{ KAFKA_PASSWORD: 'secret' }, 'KAFKA_USERNAME is missing: Kafka takes both, or neither'],
  [{ KAFKA_CA_FILE: '/ca.pem' }, 'KAFKA_CA_FILE is set and KAFKA_TLS is off'],
  [{ KAFKA_CA_FILE: '/nowhere/ca.pem', KAFKA_TLS: 'on' }, 'KAFKA_CA_FILE: cannot read the file it names'],
])('%j contradicts itself', (given, message) => {
  expect(() => read({ KAFKA_BROKERS: 'a:9092', ...given })).toThrow(message);
});
