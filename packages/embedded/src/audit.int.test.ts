import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { topicOf } from '@tally/events';
import { newId } from '@tally/kernel';
import { openEventLog, type KafkaAddress } from '@tally/messaging';
import { startPaymentSimulator } from '@tally/payment-simulator';
import { createLogger } from '@tally/runtime';
import { freshKey, infra } from '@tally/testkit';
import { expect, test } from 'vitest';
import { theAuditedDatabase, type AuditedDatabase } from '../../audit/test/audited-database.ts';

const program = fileURLToPath(new URL('audit.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** The audit as an operator runs it: a process of its own. */
const audit = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { env: { ...env } }, (_, out, errors) => {
      resolve({ code: child.exitCode, out, errors });
    });
  });

interface Report {
  readonly holds: boolean;
  readonly findings: readonly {
    readonly id: string;
    readonly checked: number;
    readonly notChecked?: string;
    readonly violations: readonly string[];
  }[];
}

async function withBooks<T>(world: AuditedDatabase, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tally-audit-'));
  try {
    await writeFile(join(folder, 'books.json'), JSON.stringify(world.ledger));
    return await use(join(folder, 'books.json'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a system whose books are right passes, with counts; one whose books differ ends with 1 and the ids', async () => {
  await using world = await theAuditedDatabase();
  const env = { AUDITOR_DATABASE_URL: world.urls.auditor };
  await withBooks(world, async (file) => {
    const right = await audit(['--ledger', file, '--grace', '0'], env);
    expect([right.code, right.errors]).toEqual([0, '']);
    expect(right.out).toMatch(/^I1 {3}holds {11}1 {2}money/m);

    await world.sql.rows('UPDATE payments.payment SET captured = 2400');
    const wrong = await audit(['--ledger', file, '--grace', '0', '--json'], env);
    const { holds, findings } = JSON.parse(wrong.out) as Report;
    expect([wrong.code, holds, findings.length]).toEqual([1, false, 10]);
    expect(findings[0]?.violations).toEqual([`${world.order}: payments has 2400 captured and 0 refunded, the provider 2500 and 0`]);
    expect((await audit(['--ledger', file], env)).code).toBe(0);
  });
});

test('the books come from the simulator where it is named, and are called missing where nobody has them', async () => {
  await using world = await theAuditedDatabase();
  await using simulator = await startPaymentSimulator({ databaseUrl: world.urls.simulator.app, port: 0, latencyMs: 1 });
  const env = { AUDITOR_DATABASE_URL: world.urls.auditor };

  const asked = await audit(['--grace', '0', '--json'], { ...env, PAYMENT_SIMULATOR_URL: simulator.url });
  expect((JSON.parse(asked.out) as Report).findings[0]?.violations[0]).toMatch(/the provider holds 0, owed are 2500/);

  const without = await audit(['--grace', '0'], env);
  expect([without.code, without.out]).toEqual([
    0,
    expect.stringMatching(/^I1 {3}unknown .*\n {6}not checked: the provider’s own books/) as string,
  ]);
});

test.skipIf(infra.kafkaBrokers === null)('a log on Kafka is dumped and audited instead of the tables', async () => {
  await using world = await theAuditedDatabase();
  const prefix = `${freshKey('audit')}.`;
  const brokers = infra.kafkaBrokers ?? '';
  const address: KafkaAddress = { kind: 'kafka', brokers: brokers.split(','), prefix, tls: null, credentials: null };
  const logger = createLogger({ service: 'test', level: 'silent' });
  const stranger = newId('ord');
  {
    await using log = await openEventLog(address, { topics: [topicOf('orders.order.v1')], logger, clientId: 'test' });
    await log.append([
      {
        ...{ topic: 'orders.order.v1', key: stranger, eventId: newId('evt'), type: 'OrderStatusChanged', sequence: 1, payload: '{}' },
        ...{ time: new Date(), traceparent: null, tracestate: null },
      },
    ]);
  }
  const env = { AUDITOR_DATABASE_URL: world.urls.auditor, KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix };

  const { findings } = JSON.parse((await audit(['--json'], env)).out) as Report;

  const [phantoms] = findings.filter(({ id }) => id === 'I8');
  expect(phantoms).toMatchObject({
    checked: 1,
    violations: [expect.stringContaining(`on orders.order.v1 for ${stranger} has no outbox row`) as string],
  });
});

test('what cannot be done is one line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tally-audit-'));
  const nowhere = await audit([], { DATA_DIR: folder });
  await rm(folder, { recursive: true });
  expect([nowhere.code, nowhere.errors]).toEqual([1, expect.stringMatching(/^audit: Nothing runs on the data folder .*\n$/) as string]);
  const away = { AUDITOR_DATABASE_URL: 'postgresql://x@127.0.0.1:1/x', PAYMENT_SIMULATOR_URL: 'http://127.0.0.1:1' };
  expect(await audit([], away)).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/^audit: The payment simulator at .*\n$/) as string,
  });
  expect(await audit(['--ledger', '/dev/null'], away)).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/^audit: \/dev\/null is no ledger/) as string,
  });
  const closed = { AUDITOR_DATABASE_URL: away.AUDITOR_DATABASE_URL };
  expect(await audit([], closed)).toMatchObject({ code: 1, errors: expect.stringMatching(/^audit: PostgreSQL: .*\n$/) as string });
  expect(await audit(['--grace', 'soon'], {})).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/^audit: --grace is a number of seconds/) as string,
  });
  expect(await audit(['--help'], {})).toMatchObject({ code: 0, errors: '', out: expect.stringMatching(/^usage: npm run audit/) as string });
}, 180_000);
