import { databaseUrls, ROLES, type PlatformKeys, type RolePasswords } from '@tally/embedded';
import { expect, test } from 'vitest';
import { originOf, variablesOf, type SystemSettings } from './environments.ts';
import type { KeyFiles } from './key-files.ts';
import { layOut, type Layout } from './system.ts';

const files: KeyFiles = {
  gatewayJwks: '/keys/jwks',
  gatewayKey: '/keys/gateway',
  usersKey: '/keys/users',
  pepper: '/keys/pepper',
  kafkaCa: null,
};
const passwords = Object.fromEntries(ROLES.map((role) => [role, 'secret'])) as unknown as RolePasswords;

const settings: SystemSettings = {
  urls: databaseUrls('postgresql://postgres@db:5432/postgres', passwords),
  keys: { webhookSecret: 'hush' } as PlatformKeys,
  host: '127.0.0.1',
  limits: 'default',
  production: false,
  logLevel: 'info',
  otlpEndpoint: null,
  kafka: null,
  redis: null,
  hotReadsMax: 100,
  smtpUrl: null,
  pages: [],
};
const doubled: Layout = { gateways: 2, split: true, workers: 2 };

/** The variables of one process. */
function of(name: string, differs: Partial<SystemSettings> = {}, keyFiles = files, layout: Layout = doubled) {
  const processes = layOut(layout);
  const spec = processes.find((process) => process.name === name)!;
  return variablesOf(spec, processes, { ...settings, ...differs }, keyFiles);
}

test('a process knows its database, its log, whom it answers and what it does', () => {
  expect(of('orders-worker')).toEqual({
    HOST: '127.0.0.1',
    PORT: '4022',
    METRICS_PORT: '9422',
    LOG_LEVEL: 'info',
    EVENT_LOG_DATABASE_URL: 'postgresql://event_log:secret@db:5432/tally',
    GATEWAY_JWKS_FILE: '/keys/jwks',
    ROLES: 'worker',
    ORDERS_DATABASE_URL: 'postgresql://orders:secret@db:5432/tally',
  });
  expect(of('orders-api')).toMatchObject({ PORT: '4002', ROLES: 'api' });
});

test('a gateway knows who answers for each subgraph, and how many share its limits', () => {
  expect(of('gateway-2')).toMatchObject({
    PORT: '4100',
    GATEWAY_REPLICAS: '2',
    GATEWAY_SIGNING_KEY_FILE: '/keys/gateway',
    USERS_JWKS_URL: 'http://127.0.0.1:4004/.well-known/jwks.json',
    SUBGRAPH_URL_ORDERS: 'http://127.0.0.1:4002/graphql',
    NODE_ENV: 'development',
    LIMITS_PROFILE: 'default',
  });
  expect(of('gateway')).not.toHaveProperty('ROLES');
});

test('nobody is told what others are to keep', () => {
  for (const name of ['gateway', 'products-api', 'orders-worker', 'notifications-api']) {
    expect(Object.keys(of(name))).not.toContain('USERS_PEPPER_FILE');
    expect(Object.keys(of(name)).filter((variable) => /^(?!EVENT_LOG).*DATABASE_URL$/.test(variable)).length).toBeLessThanOrEqual(1);
    expect(of(name)).not.toHaveProperty('SIMULATOR_WEBHOOK_SECRET');
  }
});

test('with Kafka nobody gets the log of the database, and the simulator hears of neither', () => {
  const kafka = {
    kind: 'kafka' as const,
    brokers: ['a:9092', 'b:9092'],
    prefix: 'shop.',
    tls: { ca: 'CERTIFICATE' },
    credentials: { mechanism: 'plain' as const, username: 'tally', password: 'hush' },
  };
  for (const name of ['users-api', 'gateway']) {
    const variables = of(name, { kafka }, { ...files, kafkaCa: '/keys/ca' });
    expect(variables).toMatchObject({
      KAFKA_BROKERS: 'a:9092,b:9092',
      KAFKA_PREFIX: 'shop.',
      KAFKA_TLS: 'on',
      KAFKA_CA_FILE: '/keys/ca',
      KAFKA_USERNAME: 'tally',
      KAFKA_PASSWORD: 'hush',
      KAFKA_MECHANISM: 'plain',
    });
    expect(variables).not.toHaveProperty('EVENT_LOG_DATABASE_URL');
  }
  const simulator = Object.keys(of('payment-simulator', { kafka }));
  expect(simulator.filter((name) => /KAFKA|EVENT_LOG|METRICS|ROLES/.test(name))).toEqual([]);
});

test('Redis is for products and the gateways', () => {
  const redis = { url: 'redis://cache:6379/0', prefix: 'shop:' };
  const told = layOut(doubled).filter(({ name }) => 'REDIS_URL' in of(name, { redis }));
  expect(new Set(told.map(({ app }) => app))).toEqual(new Set(['products', 'gateway']));
});

test('mails and pages go to those who need them', () => {
  expect(of('notifications-worker', { smtpUrl: 'smtp://mail:25' })).toMatchObject({
    SMTP_URL: 'smtp://mail:25',
    SHOP_URL: 'http://127.0.0.1:4000',
  });
  expect(of('gateway', { pages: [{ path: '/tracker', folder: '/dist' }], production: true })).toMatchObject({
    PAGES: '/tracker=/dist',
    NODE_ENV: 'production',
  });
});

test.each([
  ['0.0.0.0', 'http://127.0.0.1:4010'],
  ['::', 'http://127.0.0.1:4010'],
  ['::1', 'http://[::1]:4010'],
  ['10.0.0.7', 'http://10.0.0.7:4010'],
])('who listens on %s is reached at %s', (host, origin) => {
  expect(originOf(layOut(doubled)[0]!, host)).toBe(origin);
});
