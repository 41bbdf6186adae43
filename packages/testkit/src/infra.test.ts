import { expect, test } from 'vitest';
import { readInfra } from './infra.ts';

test('a run finds the servers its environment names', () => {
  const { kafkaBrokers, redisUrl } = readInfra({ KAFKA_BROKERS: '127.0.0.1:9092', REDIS_URL: 'redis://127.0.0.1:6379' });

  expect([kafkaBrokers, redisUrl]).toEqual(['127.0.0.1:9092', 'redis://127.0.0.1:6379']);
});

test('what is not named is not there, an empty name included', () => {
  const { kafkaBrokers, redisUrl } = readInfra({ KAFKA_BROKERS: '' });

  expect([kafkaBrokers, redisUrl]).toEqual([null, null]);
});

test('where everything is required, asking for what is missing fails, and asking for what is there does not', () => {
  const strict = readInfra({ REQUIRE_INFRA: 'all', REDIS_URL: 'redis://127.0.0.1:6379' });

  expect(strict.redisUrl).toBe('redis://127.0.0.1:6379');
  expect(() => strict.kafkaBrokers).toThrow('REQUIRE_INFRA=all, and KAFKA_BROKERS is not set');
});
