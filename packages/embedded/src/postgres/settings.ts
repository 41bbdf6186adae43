/** How many of each part share one PostgreSQL server. */
export interface ConnectionPlan {
  /** Application pools, one per subgraph. */
  readonly pools: number;
  /** Connections per application pool. */
  readonly poolSize: number;
  /** Outbox relays; each holds a session lock and a LISTEN connection. */
  readonly relays: number;
  /** Event-log readers, one per app; each has a small pool of its own and a LISTEN connection. */
  readonly readers: number;
  /** Connections of the migration command line, two schemas at a time. */
  readonly migrations: number;
}

/** One of each app on one server: the embedded system. */
export const EMBEDDED_PLAN: ConnectionPlan = { pools: 5, poolSize: 10, relays: 5, readers: 7, migrations: 4 };

/**
 * The server's `max_connections`: the sum of everything that may connect at once, and 20 for people and audits. PostgreSQL's default of 100
 * would be exhausted by an ordinary start.
 */
export function maxConnections({ pools, poolSize, relays, readers, migrations }: ConnectionPlan): number {
  return pools * poolSize + relays * 2 + readers * 5 + migrations + 20;
}

/** Server settings for a machine that also runs everything else; `durable: false` is for throw-away test clusters only. */
export function serverSettings({
  port,
  durable,
  connections,
}: {
  port: number;
  durable: boolean;
  connections: number;
}): Readonly<Record<string, string>> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(connections),
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    // Nothing replicates from an embedded server: less WAL, and bulk loads skip it.
    wal_level: 'minimal',
    max_wal_senders: '0',
    // Short statements only: compiling them or spreading them over workers costs more than it gives.
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    shared_preload_libraries: 'pg_stat_statements',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Refused statements are the application's to report; logging their text would write customers' values to disk.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    log_min_error_statement: 'panic',
    ...(durable ? {} : NOT_DURABLE),
  };
}

const NOT_DURABLE = {
  max_wal_size: '128MB', // it may lie in memory
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Test passwords are random and long; stretching them would only slow down each of the thousand connections of a run.
  scram_iterations: '1',
};
