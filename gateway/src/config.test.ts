import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey } from '@tally/identity';
import { expect, test } from 'vitest';
import { readGatewayConfig } from './config.ts';

/** `NAME=value` lines, those behind a `#` included. */
function example(): Readonly<Record<string, string>> {
  const lines = readFileSync(join(import.meta.dirname, '../.env.example'), 'utf8').split('\n');
  return Object.fromEntries(
    lines
      .flatMap((line) => /^#?([A-Z_]+)=(.*)$/.exec(line)?.slice(1, 3) ?? [])
      .flatMap((_, at, all) => (at % 2 === 0 ? [[all[at] ?? '', all[at + 1] ?? '']] : [])),
  );
}

async function keyFile(): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'gateway-')), 'key.json');
  writeFileSync(path, JSON.stringify(await generateSigningKey()), { mode: 0o600 });
  return path;
}

test('.env.example names every setting with a value that is accepted', async () => {
  const config = readGatewayConfig({ ...example(), GATEWAY_SIGNING_KEY_FILE: await keyFile() });

  expect(config).toMatchObject({
    port: 4000,
    metricsPort: 9400,
    supergraph: { path: '/etc/gateway/supergraph.graphql' },
    rateLimits: { path: '/etc/gateway/limits.json' },
    subgraphUrls: { users: 'http://users.internal:4004/graphql' },
    explorer: true,
    redis: { host: '127.0.0.1', port: 6379, username: 'user', password: 'password', prefix: 'tally:' },
    replicas: 1,
    otlpEndpoint: 'http://127.0.0.1:4318',
  });
  expect(config.identity?.usersJwks).toBe('http://127.0.0.1:4004/.well-known/jwks.json');
});

test('an empty environment is our own graph in development, without callers', () => {
  const config = readGatewayConfig({});

  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 4000,
    production: false,
    identity: null,
    limits: 'default',
    trustedProxies: 0,
    explorer: true,
  });
  expect(config.supergraph).toEqual({ path: join(import.meta.dirname, '../supergraph.graphql') });
  expect(config.rateLimits).toEqual({ path: join(import.meta.dirname, '../limits.json') });
});

test('a foreign graph has no rate limits of ours', () => {
  expect(readGatewayConfig({ SUPERGRAPH_PATH: '/foreign.graphql' }).rateLimits).toBeNull();
});

test.each([
  [{ PORT: 'many', LIMITS_PROFILE: 'none' }, /PORT is not valid .*; LIMITS_PROFILE is not valid/],
  [{ NODE_ENV: 'production', LIMITS_PROFILE: 'load' }, /^LIMITS_PROFILE=load is for tests/],
  [{ NODE_ENV: 'production', LIMITS_PROFILE: 'off' }, /^LIMITS_PROFILE=off is for tests/],
  [{ USERS_JWKS_URL: 'http://127.0.0.1:4004/jwks' }, /GATEWAY_SIGNING_KEY_FILE is missing/],
  [{ GATEWAY_SIGNING_KEY_FILE: '/nowhere' }, /USERS_JWKS_URL is missing/],
  [{ USERS_JWKS_URL: 'http://x/jwks', GATEWAY_SIGNING_KEY_FILE: '/nowhere/key' }, /GATEWAY_SIGNING_KEY_FILE: cannot read/],
  [{ USERS_JWKS_URL: 'http://x/jwks', GATEWAY_SIGNING_KEY_FILE: '/dev/null' }, /GATEWAY_SIGNING_KEY_FILE: not a signing key/],
  [{ SUBGRAPH_URL_USERS: 'users' }, /SUBGRAPH_URL_USERS is not a URL/],
  [{ TRUSTED_PROXIES: '-1' }, /TRUSTED_PROXIES/],
  [{ REDIS_URL: 'localhost:6379', GATEWAY_REPLICAS: '0' }, /REDIS_URL is not valid .*; GATEWAY_REPLICAS is not valid/],
] as const)('wrong settings are one line: %o', (env, line) => {
  let message = '';
  try {
    readGatewayConfig(env);
  } catch (error) {
    message = (error as Error).message;
  }

  expect(message).toMatch(line);
  expect(message).not.toContain('\n');
});
