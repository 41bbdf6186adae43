import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedPostgres, runningPostgres, type EmbeddedPostgres } from '@tally/embedded';
import { openSql } from '@tally/testkit';
import type { ProcessesSystem } from '../harness/processes.ts';

/** The system's PostgreSQL, as a fault sees it. Disposal stops the system first when it was restarted: nobody else would then stop the server. */
export interface PostgresServer extends AsyncDisposable {
  /** Ends it, `fast` as an administrator does, `immediate` as a crash: the next start replays its log. */
  stop(how: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
  /** Ends every connection of the apps. @returns how many there were. */
  terminateAll(): Promise<number>;
}

const endPatienceMs = 60_000;
const startPatienceMs = 60_000;
const terminate = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename NOT IN ('postgres', 'auditor')`;

export async function openPostgresServer(system: ProcessesSystem): Promise<PostgresServer> {
  const adminUrl = await runningPostgres(system.dataDir);
  const port = Number(new URL(adminUrl).port);
  await using sql = await openSql(adminUrl);
  const connections = await sql.number(`SELECT current_setting('max_connections')::int`);
  let restarted: EmbeddedPostgres | null = null;

  return {
    async stop(how) {
      await using now = await openSql(adminUrl);
      const { pid } = await now.row(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`);
      process.kill(Number(pid), how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      for (const until = performance.now() + endPatienceMs; isAlive(Number(pid));) {
        if (performance.now() > until) throw new Error('PostgreSQL does not end');
        await pause(20);
      }
    },
    async start() {
      const until = performance.now() + startPatienceMs;
      // All apps come back at once, and may leave no room for whoever starts it: the next attempt finds it running.
      for (restarted = null; restarted === null;) {
        restarted = await openEmbeddedPostgres({ dataDir: system.dataDir, port, connections }).catch((error: unknown) => {
          if (performance.now() > until) throw error;
          return null;
        });
      }
    },
    async terminateAll() {
      await using now = await openSql(adminUrl);
      return await now.number(terminate);
    },
    async [Symbol.asyncDispose]() {
      if (restarted === null) return;
      await system.apps.stop();
      await restarted[Symbol.asyncDispose]();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
