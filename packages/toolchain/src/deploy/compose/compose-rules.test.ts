import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDED_PLAN, maxConnections, SCHEMAS, writeSecretsFolder } from '@tally/embedded';
import type { Environment } from '@tally/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBootstrapSettings, readOwnerUrls, readSeedSettings } from '../../../../embedded/src/database/database-settings.ts';
import { APP_IMAGES } from '../../images/image-plan.ts';
import { appReaders } from '../../../test/app-readers.ts';
import { inRoot } from '../../repository.ts';
import { parseCompose } from './compose-file.ts';
import type { Finding } from './finding.ts';
import { safetyFindings } from './safety-rules.ts';
import { jobFindings, settingsFindings } from './settings-rules.ts';
import { connectionFindings, dependencyFindings, wiringFindings } from './wiring-rules.ts';

const read = (path: string) => readFileSync(inRoot(path), 'utf8');
const compose = read('docker-compose.yml');
const secrets = mkdtempSync(join(tmpdir(), 'tally-compose-'));
let secretFiles: readonly string[] = [];

beforeAll(async () => {
  secretFiles = (await writeSecretsFolder(join(secrets, 'made'), { postgres: 'postgres:5432', redis: 'redis:6379' })).map(
    ({ name }) => name,
  );
});
afterAll(() => {
  rmSync(secrets, { recursive: true });
});

const jobReaders = {
  bootstrap: readBootstrapSettings,
  migrate: (environment: Environment) => readOwnerUrls(environment, SCHEMAS),
  seed: (environment: Environment) => readSeedSettings({ ...environment, NODE_ENV: 'development' }),
};
const infraPorts = { postgres: [5432], redis: [6379], kafka: [9092, 29_092], mailpit: [1025, 8025] };
const drainMs = Number(/shutdownMs = ([\d_]+)/.exec(read('packages/runtime/src/run-app.ts'))?.[1]?.replaceAll('_', ''));
const healthCheck = { asks: read('packages/toolchain/src/healthcheck.ts'), served: read('packages/runtime/src/health.ts') };

function findingsOf(text: string, asks = healthCheck.asks): readonly Finding[] {
  const file = parseCompose(text);
  return [
    ...settingsFindings(file, appReaders, join(secrets, 'made')),
    ...jobFindings(file, jobReaders, join(secrets, 'made')),
    ...wiringFindings(file, APP_IMAGES, infraPorts),
    ...dependencyFindings(file, { ...healthCheck, asks }),
    ...connectionFindings(file, maxConnections(EMBEDDED_PLAN)),
    ...safetyFindings(file, { drainMs, secretFiles }),
  ];
}

test('docker-compose.yml keeps every rule', () => {
  expect(findingsOf(compose)).toEqual([]);
  expect(drainMs).toBeGreaterThan(0);
});

/** One slip each, in the file as it is: rule and service that must tell of it, what is there, and what stands there instead. */
const slips: readonly [rule: string, where: string, from: string | RegExp, to: string][] = [
  ['known-settings', 'notifications', 'SHOP_URL:', 'SHOP_URI:'],
  ['known-settings', 'gateway', 'REDIS_URL_FILE: /run/secrets/redis-url', 'REDIS_FILE: /run/secrets/redis-url'],
  ['required-settings', 'orders', /\n +ORDERS_DATABASE_URL_FILE: .*/, ''],
  ['required-settings', 'users', /\n +USERS_PEPPER_FILE: .*/, ''],
  ['required-settings', 'payments', 'http://payment-simulator:4010', 'payment-simulator'],
  ['apps', 'orders', 'APP: subgraphs/orders', 'APP: subgraphs/order'],
  ['apps', 'notifications', /\n {2}notifications:\n/, '\n  notices:\n'],
  ['ports', 'users', 'PORT: 4004', 'PORT: 4005'],
  ['ports', 'products', 'METRICS_PORT: 9401', 'METRICS_PORT: 9400'],
  ['ports', 'redis', '127.0.0.1:6379:6379', '127.0.0.1:6379:6380'],
  ['addresses', 'gateway', 'http://orders:4002/graphql', 'http://orders:4001/graphql'],
  ['addresses', 'notifications', 'smtp://mailpit:1025', 'smtp://mail:1025'],
  ['addresses', 'notifications', /\n +mailpit: \{ condition: service_healthy \}/, ''],
  ['dependencies', 'migrate', /(bootstrap: \{ condition: )\w+/, '$1service_started'],
  ['required-settings', 'bootstrap', /\n +- payments-owner-database-url/, ''],
  ['required-settings', 'migrate', /(db-migrate[^]*?)\n +- users-owner-database-url/, '$1'],
  ['dependencies', 'orders', /(postgres: \{ condition: )service_healthy/, '$1service_started'],
  ['dependencies', 'gateway', 'profiles: [infra, apps]', 'profiles: [infra]'],
  ['health-checks', 'redis', '[CMD, redis-cli,', '[CMD-SHELL, redis-cli,'],
  ['health-checks', 'orders', '/app/healthcheck.ts', '/healthcheck.ts'],
  ['connections', 'postgres', 'max_connections=200', 'max_connections=100'],
  ['pinned-images', 'redis', 'redis:7.2.8-bookworm', 'redis:latest'],
  ['pinned-images', 'kafka', 'apache/kafka:4.3.1', 'apache/kafka:4'],
  ['pinned-images', 'orders', 'tally/orders:${TALLY_VERSION:-0.1.0}', 'tally/orders'],
  ['loopback-ports', 'postgres', '127.0.0.1:5432:5432', '5432:5432'],
  ['loopback-ports', 'gateway', '127.0.0.1:4000:4000', '0.0.0.0:4000:4000'],
  ['no-inline-secrets', 'postgres', 'POSTGRES_PASSWORD_FILE: /run/secrets/postgres-password', 'POSTGRES_PASSWORD: postgres'],
  ['no-inline-secrets', 'notifications', 'smtp://mailpit:1025', 'smtp://shop:secret@mailpit:1025'],
  ['hardened', 'gateway', 'cap_drop: [ALL]', 'cap_drop: [NET_RAW]'],
  ['hardened', 'users', 'read_only: true', 'read_only: false'],
  ['hardened', 'bootstrap', "user: '10001:10001'\n  restart: 'no'", "user: root\n  restart: 'no'"],
  ['hardened', 'kafka', /(x-infra[^]*?)no-new-privileges:true/, '$1label:disable'],
  ['limits', 'orders', 'mem_limit: 512m', 'mem_limit: 256m'],
  ['limits', 'mailpit', /\n +mem_limit: 128m/, ''],
  ['restarts', 'products', 'restart: unless-stopped', 'restart: always'],
  ['grace', 'payments', 'stop_grace_period: 45s', 'stop_grace_period: 20s'],
  [
    'mounts',
    'users',
    'secrets: [users-database-url, users-signing-key.json, users-pepper,',
    'secrets: [users-database-url, users-signing-key.json,',
  ],
  ['mounts', 'postgres', 'postgres:/var/lib/postgresql', './data:/var/lib/postgresql'],
  ['mounts', 'secrets', 'file: .secrets/redis-url', 'file: ./redis-url'],
  ['mounts', 'secrets', '.secrets/users-pepper', '.secrets/pepper'],
];

test.each(slips)('%s is found in %s, slip %#', (rule, where, from, to) => {
  const broken = compose.replace(from, to);
  expect(broken).not.toBe(compose);

  expect(findingsOf(broken)).toContainEqual(expect.objectContaining({ rule, where }));
});

test('health-checks is found where the path is one that nobody serves', () => {
  const asks = healthCheck.asks.replace('/health/ready', '/health/well');

  expect(findingsOf(compose, asks)).toEqual([expect.objectContaining({ rule: 'health-checks', where: 'healthcheck.ts' })]);
});

test('a file that is no YAML is refused', () => {
  expect(() => parseCompose(`${compose}\nservices: again`)).toThrow(/unique/i);
  expect(() => parseCompose(compose.replace('x-app: &app', 'x-app:'))).toThrow(/merge sources/i);
});
