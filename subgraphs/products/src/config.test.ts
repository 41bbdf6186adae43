import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { StartupError } from '@tally/runtime';
import { expect, test } from 'vitest';
import { readProductsConfig } from './config.ts';

const example = parseEnv(readFileSync(new URL('../.env.example', import.meta.url), 'utf8'));

test('the example of the environment is one that works', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tally-products-')), 'keys.json');
  writeFileSync(
    file,
    JSON.stringify({ keys: [{ kid: 'a', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }),
  );

  expect(readProductsConfig({ ...example, GATEWAY_JWKS_FILE: file })).toMatchObject({
    databaseUrl: 'postgresql://products:secret@127.0.0.1:5432/tally',
    http: { port: 4001, host: '127.0.0.1' },
    metricsPort: 9401,
    roles: ['api', 'worker'],
    poolSize: 10,
    wake: 'database',
    hotReadsMax: 10_000,
    redis: null,
  });
});

test('what is missing or wrong is named all at once', () => {
  const read = () =>
    readProductsConfig({
      EVENT_LOG_DATABASE_URL: 'mysql://x',
      PORT: 'x',
      HOT_READS_MAX: '-1',
      REDIS_URL: 'http://x',
      GATEWAY_JWKS_FILE: 'keys.json',
    });

  expect(read).toThrow(StartupError);
  expect(read).toThrow(/PRODUCTS_DATABASE_URL is missing.*/);
  expect(read).toThrow(/EVENT_LOG_DATABASE_URL is not valid/);
  expect(read).toThrow(/PORT is not valid/);
  expect(read).toThrow(/HOT_READS_MAX is not valid/);
  expect(read).toThrow(/REDIS_URL is not valid/);
});
