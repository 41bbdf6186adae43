import { setTimeout as pause } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { untilQuiet } from '../play.ts';
import { seconds, type Line, type Stage } from '../stage.ts';
import type { KafkaSystem } from '../../harness/processes-kafka.ts';

const catchUpMs = 120_000;
const servedMs = 10_000;
const groups = ['products', 'products-search', 'orders', 'orders-prices', 'payments', 'notifications'] as const;
const schemas = ['products', 'orders', 'payments', 'users', 'notifications'] as const;
/** Of a leader's own making, whatever comes in. */
const untold: ReadonlySet<string> = new Set(['job_lease', '_prisma_migrations']);

/** Every group reads every topic from the beginning once more. */
export const f12: Line = {
  id: 'F12',
  title: 'all topics replayed from the beginning',
  needs: 'kafka',
  expects: 'served',
  async play(stage) {
    const { kafka, traffic, counter, witness, say, note, fail } = stage;
    if (kafka === null) throw new RangeError('there is no Kafka');
    traffic.enter('F12 before');
    await pause(servedMs);
    await traffic.stop();
    if ((await untilQuiet(witness, counter)) === null) return fail('F12: not quiet before the replay');
    const before = await fingerprints(stage);
    const workers = kafka.processes.filter(({ roles }) => roles.includes('worker') && !roles.includes('api')).map(({ name }) => name);
    await Promise.all(workers.map((name) => stopped(stage, name)));
    const again = await toTheBeginning(kafka);
    note(`F12: ${String(again)} records are read again`);
    if (again < 1_000) fail(`F12: only ${String(again)} records to read again`);
    const startedAt = performance.now();
    await Promise.all(workers.map((name) => back(stage, name)));
    const behind = await kafka.apps.caughtUp(catchUpMs);
    if (behind.length > 0) return fail(`F12: not caught up: ${behind.join(', ')}`);
    note(`F12: caught up after ${seconds(performance.now() - startedAt)}`);
    const after = await fingerprints(stage);
    const changed = [...before].filter(([table, print]) => after.get(table) !== print).map(([table]) => table);
    say(`  F12: ${String(before.size)} tables compared`);
    if (changed.length > 0) fail(`F12: a replay changes ${changed.join(', ')}`);
  },
};

async function stopped({ system, excused }: Stage, name: string): Promise<void> {
  excused.add(name);
  await system.stop(name);
}

async function back({ system, excused }: Stage, name: string): Promise<void> {
  await system.start(name);
  excused.delete(name);
}

/** @returns how many records the groups had read. */
async function toTheBeginning({ kafkaAddress: { brokers, prefix } }: KafkaSystem): Promise<number> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 10 } }).admin();
  await admin.connect();
  try {
    let read = 0;
    for (const group of groups) {
      const groupId = prefix + group;
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
        read += partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
        await admin.resetOffsets({ groupId, topic, earliest: true });
      }
    }
    return read;
  } finally {
    await admin.disconnect();
  }
}

/** Of the rows of every table, by its name. */
async function fingerprints({ sql }: Stage): Promise<ReadonlyMap<string, string>> {
  const tables = await sql.rows(
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_schema = ANY($1) AND table_type = 'BASE TABLE' ORDER BY 1, 2`,
    [schemas],
  );
  const prints = new Map<string, string>();
  for (const { schema, name } of tables) {
    if (untold.has(String(name))) continue;
    const table = `${String(schema)}.${String(name)}`;
    const { print } = await sql.row(
      `SELECT md5(coalesce(string_agg(r, E'\\n' ORDER BY r), '')) AS print FROM (SELECT t::text AS r FROM ${table} t) rows`,
    );
    prints.set(table, String(print));
  }
  return prints;
}
