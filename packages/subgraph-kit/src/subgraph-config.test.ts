import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey, type SigningKey } from '@tally/identity';
import { StartupError } from '@tally/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readJsonFile, readSubgraphConfig } from './subgraph-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'tally-config-'));
let key: SigningKey;

const aFile = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(async () => {
  key = await generateSigningKey();
  aFile('public.json', JSON.stringify({ keys: [key.publicJwk] }));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const environment = {
  ORDERS_DATABASE_URL: 'postgresql://orders:secret-word@db:5432/tally',
  EVENT_LOG_DATABASE_URL: 'postgres://event_log@db:5432/tally',
  GATEWAY_JWKS_FILE: join(folder, 'public.json'),
};

const standard = { port: 4002, metricsPort: 9402 };
const own = { CURRENCY: z.enum(['EUR', 'CHF']).default('EUR') };
const read = (more: Readonly<Record<string, string>> = {}) => readSubgraphConfig('orders', standard, { ...environment, ...more }, own);

describe('the settings of a subgraph', () => {
  test('have defaults for all that does not name another system', () => {
    expect(read()).toEqual({
      base: {
        databaseUrl: environment.ORDERS_DATABASE_URL,
        poolSize: 10,
        http: { port: 4002, host: '127.0.0.1' },
        metricsPort: 9402,
        roles: ['api', 'worker'],
        gatewayKeys: [key.publicJwk],
        log: { kind: 'postgres', databaseUrl: environment.EVENT_LOG_DATABASE_URL },
        wake: 'database',
        otlpEndpoint: null,
      },
      own: { CURRENCY: 'EUR' },
    });
  });

  test('can be changed, each', () => {
    const changed = read({
      ...{ PORT: '0', METRICS_PORT: '9999', HOST: '0.0.0.0', ROLES: 'worker', POOL_SIZE: '200', CURRENCY: 'CHF' },
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    });
    expect(changed.base).toMatchObject({
      ...{ http: { port: 0, host: '0.0.0.0' }, metricsPort: 9999, roles: ['worker'], poolSize: 200 },
      otlpEndpoint: 'http://collector:4318',
    });
    expect(changed.own).toEqual({ CURRENCY: 'CHF' });
  });

  test('cannot be changed afterwards', () => {
    expect(Object.isFrozen(read().base)).toBe(true);
  });

  test.each([
    ['ORDERS_DATABASE_URL', 'mysql://db/tally'],
    ['ORDERS_DATABASE_URL', 'db:5432'],
    ['EVENT_LOG_DATABASE_URL', 'kafka://broker'],
    ['GATEWAY_JWKS_FILE', '/nowhere/at/all.json'],
    ['PORT', '65536'],
    ['PORT', '4e3'],
    ['METRICS_PORT', '-1'],
    ['ROLES', 'api,web'],
    ['ROLES', 'api,api'],
    ['ROLES', 'api,'],
    ['POOL_SIZE', '0'],
    ['POOL_SIZE', '201'],
    ['POOL_SIZE', '1.5'],
    ['POOL_SIZE', 'many'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
    ['CURRENCY', 'USD'],
  ])('%s=%s is refused in one line that names it', (name, value) => {
    const reading = () => read({ [name]: value });
    expect(reading).toThrow(StartupError);
    expect(reading).toThrow(new RegExp(`^configuration: ${name} is not valid \\([^\\n]+\\)\\. Set them`));
  });

  test.each(['ORDERS_DATABASE_URL', 'EVENT_LOG_DATABASE_URL', 'GATEWAY_JWKS_FILE'])('%s is said to be missing', (name) => {
    expect(() => read({ [name]: '' })).toThrow(`configuration: ${name} is missing.`);
  });

  test('are refused together, a key file that cannot be read included, without showing a value', () => {
    const reading = () =>
      read({ ORDERS_DATABASE_URL: 'secret-word', GATEWAY_JWKS_FILE: '/nowhere', PORT: 'x', ROLES: 'x', POOL_SIZE: 'x', CURRENCY: 'x' });
    expect(reading).toThrow(/ORDERS_DATABASE_URL .*; GATEWAY_JWKS_FILE .*; PORT .*; ROLES .*; POOL_SIZE .*; CURRENCY /);
    expect(reading).not.toThrow(/secret-word|nowhere|\n/);
  });
});

describe('the gateway’s keys', () => {
  test.each([
    ['no JSON', () => 'not JSON', /cannot be read as JSON/],
    ['a key without a set around it', () => JSON.stringify(key.publicJwk), /no set of Ed25519 keys/],
    ['an empty set', () => '{"keys":[]}', /no set of Ed25519 keys/],
    ['keys of another kind', () => '{"keys":[{"kty":"RSA","kid":"a","n":"x","e":"AQAB"}]}', /no set of Ed25519 keys/],
    ['a key without a name', () => JSON.stringify({ keys: [{ ...key.publicJwk, kid: undefined }] }), /no set of Ed25519 keys/],
    ['a private key', () => JSON.stringify({ keys: [key.privateJwk] }), /holds private keys/],
  ])('are refused when the file holds %s, without quoting it', (_, text, reason) => {
    const reading = () => read({ GATEWAY_JWKS_FILE: aFile('keys.json', text()) });
    expect(reading).toThrow(reason);
    expect(reading).not.toThrow(new RegExp(String(key.privateJwk.d)));
  });
});

test('a JSON file is read; one that is missing or no JSON is one line that names the variable, not the path', () => {
  expect(readJsonFile('KEY_FILE', aFile('any.json', '{"a":1}'))).toEqual({ a: 1 });
  for (const path of ['/nowhere/at/all', aFile('broken.json', '{')]) {
    expect(() => readJsonFile('KEY_FILE', path)).toThrow(StartupError);
    expect(() => readJsonFile('KEY_FILE', path)).toThrow(/^KEY_FILE: the file it names cannot be read as JSON: [^\n/]+$/);
  }
});
