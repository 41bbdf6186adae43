import { redisAddressOf, redisSettings } from '@tally/redis';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { redisUrlOf } from './redis-url.ts';

const read = (url: string) => redisAddressOf(z.object(redisSettings).parse({ REDIS_URL: url }))!;

test.each([
  ['redis://cache', 'redis://cache:6379/0'],
  ['redis://127.0.0.1:7000/2', 'redis://127.0.0.1:7000/2'],
  ['rediss://[::1]:7000', 'rediss://[::1]:7000/0'],
  ['rediss://tally:p%25s%2Fw%40rd@cache:6380/1', 'rediss://tally:p%25s%2Fw%40rd@cache:6380/1'],
  ['redis://:secret@cache', 'redis://:secret@cache:6379/0'],
])('%s is parsed and written as %s', (given, written) => {
  expect(redisUrlOf(read(given))).toBe(written);
  expect(read(written)).toEqual(read(given));
});
