import { startKafka, startRedis } from '@tally/infra';
import { cloneDatabase, freshKey, infra } from '@tally/testkit';
import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { createPeople } from '../src/client/people.ts';
import { openWorld } from '../src/client/world.ts';
import { buyAndReceive } from '../src/scenarios/buy-and-receive.ts';
import { freePort, type MainFile } from '../src/topologies/app-process.ts';
import { startAsProcesses } from '../src/topologies/as-processes.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { printOnFailure } from './print-on-failure.ts';
import { keySetIn, refusal, secret, temporaryFolder } from './refusal.ts';

const [gateway, products, orders, platform] = [
  'gateway/src/main.ts',
  'subgraphs/products/src/main.ts',
  'subgraphs/orders/src/main.ts',
  'packages/embedded/src/main.ts',
] as const satisfies readonly MainFile[];

test.each([gateway, products, platform])('%s names what is wrong with the addresses of Kafka and Redis', async (main) => {
  await using folder = await temporaryFolder();

  const line = await refusal(main, {
    DATA_DIR: folder.path,
    KAFKA_BROKERS: `kafka://tally:${secret}@broker`,
    KAFKA_PREFIX: 'two words',
    REDIS_URL: `http://:${secret}@redis:6379`,
  });

  expect(line).toMatch(/^\w+ cannot start: configuration: /);
  for (const wrong of [
    /KAFKA_BROKERS is not valid[^;]*host:port, several separated by commas/,
    /KAFKA_PREFIX is not valid[^;]*letters, digits, dots/,
    /REDIS_URL is not valid[^;]*redis:\/\/user:password@host:6379/,
  ]) {
    expect(line).toMatch(wrong);
  }
});

test('half of the credentials of Kafka end the start', async () => {
  expect(await refusal(gateway, { KAFKA_BROKERS: '127.0.0.1:9092', KAFKA_USERNAME: 'tally' })).toBe(
    'gateway cannot start: configuration: KAFKA_PASSWORD is missing: Kafka takes both, or neither',
  );
});

describe.skipIf(infra.redisUrl === null)('Redis', () => {
  test('that refuses the password ends the start', async () => {
    await using folder = await temporaryFolder();
    await using database = await cloneDatabase();
    await using redis = await startRedis({ password: 'right' });
    const REDIS_URL = `redis://:${secret}@127.0.0.1:${String(redis.port)}`;

    expect(await refusal(gateway, { REDIS_URL })).toMatch(
      /^gateway cannot start: Redis at 127\.0\.0\.1:\d+ \(REDIS_URL\): wrong user or password: correct the URL$/,
    );
    expect(
      await refusal(products, {
        REDIS_URL,
        PRODUCTS_DATABASE_URL: database.urls.products.app,
        EVENT_LOG_DATABASE_URL: database.urls.event_log.app,
        GATEWAY_JWKS_FILE: await keySetIn(folder.path),
      }),
    ).toMatch(/^products cannot start: Redis at 127\.0\.0\.1:\d+ \(REDIS_URL\): wrong user or password: correct the URL$/);
  });
});

describe.skipIf(infra.kafkaBrokers === null)('Kafka', () => {
  test('whose topic has too few partitions ends the start', async () => {
    await using folder = await temporaryFolder();
    await using database = await cloneDatabase();
    const [brokers, prefix] = [infra.kafkaBrokers ?? '', `${freshKey('few')}.`];
    await createTopic(brokers, `${prefix}orders.order.v1`, 3);

    const line = await refusal(orders, {
      KAFKA_BROKERS: brokers,
      KAFKA_PREFIX: prefix,
      ORDERS_DATABASE_URL: database.urls.orders.app,
      GATEWAY_JWKS_FILE: await keySetIn(folder.path),
    });

    expect(line).toMatch(
      /^orders cannot start: event log: topic orders\.order\.v1 was created with 3 partitions, not 8: .+ or use another KAFKA_PREFIX$/,
    );
  });

  test('that is away delays nobody, and is joined when it comes; wrong credentials end the start', { timeout: 240_000 }, async () => {
    await using folder = await temporaryFolder();
    await using database = await cloneEmptyShop();
    // First: the system stops while they still run.
    await using parts = new AsyncDisposableStack();
    const [port, redisPort] = [await freePort(), await freePort()];
    const brokers = `127.0.0.1:${String(port)}`;
    await using system = await startAsProcesses(database, {
      kafka: {
        kind: 'kafka',
        brokers: [brokers],
        prefix: '',
        tls: null,
        credentials: { mechanism: 'scram-sha-512', username: 'tally', password: 'right' },
      },
      redisUrl: `redis://127.0.0.1:${String(redisPort)}`,
    });
    printOnFailure(system.logs);
    expect(await dependenciesOf(system.apps.gateway)).toMatchObject({ redis: 'down' });
    expect(system.logs().match(/the event log is away: start it, or correct its address/g)).toHaveLength(6);

    parts.use(await startKafka({ port, users: { tally: 'right' } }));
    parts.use(await startRedis({ port: redisPort }));
    await using world = openWorld(system.urls, async (graph) => await createPeople(graph, system.keys.users).staff());
    await buyAndReceive.run(world);

    const refused = { KAFKA_BROKERS: brokers, KAFKA_USERNAME: 'tally', KAFKA_PASSWORD: secret };
    expect(await refusal(gateway, { ...refused, KAFKA_MECHANISM: 'plain' })).toMatch(wrongCredentials('gateway', 'plain'));
    expect(
      await refusal(orders, {
        ...refused,
        ORDERS_DATABASE_URL: database.urls.orders.app,
        GATEWAY_JWKS_FILE: await keySetIn(folder.path),
      }),
    ).toMatch(wrongCredentials('orders', 'scram-sha-512'));
  });
});

const wrongCredentials = (app: string, mechanism: string): RegExp =>
  new RegExp(
    `^${app} cannot start: KAFKA_USERNAME, KAFKA_PASSWORD or KAFKA_MECHANISM is wrong: Kafka at 127\\.0\\.0\\.1:\\d+ refuses tally \\(${mechanism}\\)$`,
  );

async function createTopic(brokers: string, topic: string, numPartitions: number): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true });
  await admin.disconnect();
}

async function dependenciesOf(app: string): Promise<unknown> {
  const response = await fetch(`${app}/health/ready`);
  return ((await response.json()) as { readonly dependencies: unknown }).dependencies;
}
