import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eraseEmbeddedPostgres, openEmbeddedPostgres, openSecrets, prepareDatabase, type DatabaseUrls } from '@tally/embedded';
import { startKafka } from '@tally/infra';
import type { EventLogAddress } from '@tally/messaging';
import { createLogger } from '@tally/runtime';
import { makeTables } from './tables.ts';

export type LogKind = 'postgres' | 'kafka';

/** A database for writer and members, and a log. Disposal stops both servers and erases the database. */
export interface Place extends AsyncDisposable {
  readonly urls: DatabaseUrls;
  readonly log: EventLogAddress;
}

/**
 * Starts PostgreSQL, durable as in production, and Kafka where the log is there.
 *
 * @param folder empty.
 * @throws {StartupError} one line: what is missing on this machine.
 */
export async function openPlace(folder: string, kind: LogKind): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const dataDir = join(folder, 'data');
  const logger = createLogger({ service: 'log-kills', level: 'warn' });
  const secrets = await openSecrets(dataDir);
  stack.defer(() => eraseEmbeddedPostgres(dataDir));
  const { adminUrl } = stack.use(await openEmbeddedPostgres({ dataDir, logger }));
  const urls = await prepareDatabase({ adminUrl, secrets, ownServer: true, production: false, onMigrating: () => undefined });
  await makeTables(urls);
  let log: EventLogAddress = { kind: 'postgres', databaseUrl: urls.event_log.app };
  if (kind === 'kafka') {
    await mkdir(join(folder, 'kafka'), { recursive: true });
    const { brokers } = stack.use(await startKafka({ folder: join(folder, 'kafka') }));
    log = { kind: 'kafka', brokers: [brokers], prefix: 'kills.', tls: null, credentials: null };
  }
  const owned = stack.move();
  return { urls, log, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
