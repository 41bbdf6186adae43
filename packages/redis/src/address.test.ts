import { readEnvironment, StartupError } from '@tally/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { redisAddressOf, redisSettings } from './address.ts';

const read = (environment: Readonly<Record<string, string>>) => redisAddressOf(readEnvironment(z.object(redisSettings), environment));

const plain = { host: 'redis', port: 6379, tls: false, username: null, password: null, database: 0, prefix: 'tally:' };

test.each([
  ['redis://redis', plain],
  ['redis://redis/', plain],
  ['redis://redis:6380/3', { ...plain, port: 6380, database: 3 }],
  ['rediss://shop:a%40b%25c@redis', { ...plain, tls: true, username: 'shop', password: 'a@b%c' }],
  ['redis://:secret@[::1]:6379', { ...plain, host: '::1', password: 'secret' }],
])('%s is understood', (REDIS_URL, address) => {
  expect(read({ REDIS_URL })).toEqual(address);
});

test('without a URL there is no Redis, whatever the prefix', () => {
  expect(read({ REDIS_PREFIX: 'other:' })).toBeNull();
  expect(read({ REDIS_URL: 'redis://redis', REDIS_PREFIX: 'other:' })?.prefix).toBe('other:');
});

test.each([
  'localhost:6379',
  'http://redis:6379',
  'redis://',
  'redis://:hunter2#x@redis:6379',
  'redis://:hunter2@redis/zero',
  'redis://:hunter2@redis?db=1',
  'redis://:hunter2%E0%A4%A@redis',
])('%s is refused in one line that does not repeat it', (REDIS_URL) => {
  const reading = () => read({ REDIS_URL });

  expect(reading).toThrow(StartupError);
  expect(reading).toThrow(/^[^\n]*REDIS_URL is not valid \((a URL such as redis:\/\/|behind the host only)[^\n]*$/);
  expect(reading).not.toThrow(/hunter2/);
});

test('a prefix is short and has no blanks', () => {
  expect(() => read({ REDIS_PREFIX: 'my shop' })).toThrow(/REDIS_PREFIX is not valid/);
});
