import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bootstrapDatabase,
  databaseUrls,
  eraseEmbeddedPostgres,
  migrateDatabase,
  migrationProjects,
  openEmbeddedPostgres,
  openSecrets,
} from '@tally/embedded';
import { topicOf } from '@tally/events';
import { createPostgresEventLog, type EventLog } from '@tally/messaging';
import { createLogger } from '@tally/runtime';
import { ownOrder, stockLevel } from '../watched.ts';

/** An event log on a durable PostgreSQL of its own. Disposal deletes it. */
export interface OwnLog extends AsyncDisposable {
  readonly eventLog: EventLog;
  readonly databaseUrl: string;
  readonly postmaster: number;
}

export async function openOwnLog(): Promise<OwnLog> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'tally-bench-'));
  stack.defer(async () => {
    await eraseEmbeddedPostgres(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });
  const { passwords } = await openSecrets(dataDir);
  const server = stack.use(await openEmbeddedPostgres({ dataDir }));
  await bootstrapDatabase({ adminUrl: server.adminUrl, passwords, ownServer: true });
  const urls = databaseUrls(server.adminUrl, passwords);
  await migrateDatabase({ urls, projects: migrationProjects().filter(({ schema }) => schema === 'event_log') });
  const databaseUrl = urls.event_log.app;
  const topics = [stockLevel, ownOrder].map(({ topic }) => topicOf(topic));
  const eventLog = stack.use(createPostgresEventLog({ databaseUrl, topics, logger: createLogger({ service: 'bench', level: 'warn' }) }));
  const owned = stack.move();
  return { eventLog, databaseUrl, postmaster: server.pid, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
