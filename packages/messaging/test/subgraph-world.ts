import { lockedSequence } from '@tally/events';
import { newId } from '@tally/kernel';
import { cloneDatabase, openSql, type ClonedDatabase, type Sql as TestSql } from '@tally/testkit';
import { outboxOn, type Sql } from '../src/index.ts';
import { inTransaction, openPool } from '../src/connection.ts';

/** The tables of one subgraph (payments stands for any), a table `effect`, and writers that keep to the rules of the outbox. */
export interface SubgraphWorld extends AsyncDisposable {
  readonly database: ClonedDatabase;
  /** As the app role. */
  readonly url: string;
  readonly logUrl: string;
  readonly admin: TestSql;
  transact<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Queues events of one key in one transaction, numbered from its newest. */
  write(topic: string, key: string, type: string, ...bodies: readonly unknown[]): Promise<void>;
}

/** Sequences come from the outbox itself, under a lock per key: the part of the stream row. */
const nextSequence = `SELECT coalesce(max(sequence), 0)::float8 + 1 AS next FROM outbox WHERE topic = $1 AND key = $2`;

/** A subgraph without rows. */
export async function aSubgraph(): Promise<SubgraphWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const admin = stack.use(await openSql(database.adminUrl));
  await admin.rows('CREATE TABLE payments.effect (id bigint GENERATED ALWAYS AS IDENTITY, key text, sequence bigint)');
  await admin.rows('GRANT ALL ON payments.effect TO payments');
  const url = database.urls.payments.app;
  const pool = stack.adopt(openPool(url, 'subgraph', 10), (open) => open.end());
  const owned = stack.move();
  return {
    database,
    url,
    logUrl: database.urls.event_log.app,
    admin,
    transact: (work) => inTransaction(pool, work),
    write: (topic, key, type, ...bodies) =>
      inTransaction(pool, async (sql) => {
        await sql.rows('SELECT pg_advisory_xact_lock(hashtext($1))', [key]);
        const first = (await sql.rows<{ next: number }>(nextSequence, [topic, key]))[0]?.next ?? 1;
        await outboxOn(sql).append(
          ...bodies.map((data, at) => ({ id: newId('evt'), topic, type, key, sequence: lockedSequence(first + at), data })),
        );
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
