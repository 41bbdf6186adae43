import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('a database URL is all that a simulator needs', () => {
  expect(readConfig({ SIMULATOR_DATABASE_URL: 'postgresql://x' })).toEqual({
    databaseUrl: 'postgresql://x',
    port: 4010,
    host: '127.0.0.1',
    latencyMs: 50,
  });
});

test('every wrong variable is named at once', () => {
  expect(() => readConfig({ PORT: '70000', LATENCY_MS: '-1' })).toThrow(/SIMULATOR_DATABASE_URL.*PORT.*LATENCY_MS/s);
});
