import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '@tally/runtime';
import type pg from 'pg';
import { placeCluster, PRIVILEGED_HOME } from './account.ts';
import { findBinaries } from './binaries.ts';
import { type ClusterFolder, corruptFolder, openClusterFolder, readClusterFolder } from './cluster-folder.ts';
import { adminUrlOf, connectAsAdmin, launch, type Running, stopServer } from './server.ts';
import { EMBEDDED_PLAN, maxConnections, serverSettings } from './settings.ts';
import { findSurvivor } from './survivor.ts';

/** The part of a pino logger that is used. */
export interface PostgresLog {
  readonly info: (facts: object, message: string) => void;
  readonly warn: (facts: object, message: string) => void;
}

export interface EmbeddedPostgresOptions {
  /** Folder of the system's data; the cluster takes `postgres/` in it. Created when missing. */
  readonly dataDir: string;
  /** Absent: any free port, another one at each start. */
  readonly port?: number;
  /** False turns fsync off: for throw-away test clusters only, never where a crash is part of the test. Default true. */
  readonly durable?: boolean;
  /** Default: the sum of the embedded system's parts, see `maxConnections`. */
  readonly connections?: number;
  readonly logger?: PostgresLog;
}

/** A PostgreSQL server of our own. Disposing stops it; dispose it last. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Of the superuser; database `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  /** Of the postmaster, e.g. to measure its CPU time. */
  readonly pid: number;
  /** True when the server was left running by a process that was killed. */
  readonly adopted: boolean;
}

/** Session lock of the process that owns the server: it dies with the process, whatever ends it. The number is arbitrary. */
const OWNER_LOCK = 7_461_512_339;
/** How long a killed owner's session may linger. */
const OWNER_GONE_TIMEOUT_MS = 3_000;
/** A survivor may be replaying its log, or may be stopping. */
const SURVIVOR_TIMEOUT_MS = 60_000;

/**
 * Opens the PostgreSQL server of a data folder: makes the cluster on first use, starts the server, or adopts the one that a killed process
 * left behind.
 *
 * States: *absent* (no folder) → initialised once → *stopped* → started → *owned* by the process that holds the session lock → stopped by
 * disposal. A killed owner leaves it *orphaned*: running, lock free. The next open adopts an orphan whose settings fit and restarts any other.
 *
 * @throws {StartupError} one line that says what to do: no PostgreSQL for this platform, folder corrupt, closed or in use, port taken.
 * @see docs/architecture.md, the embedded system.
 */
export async function openEmbeddedPostgres({
  dataDir,
  port,
  durable = true,
  connections = maxConnections(EMBEDDED_PLAN),
  logger,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const placement = await placeCluster(dataDir);
  const binaries = await findBinaries(placement.account);
  const { cluster, created } = await openClusterFolder(placement, binaries, durable);
  const settingsFor = (chosen: number) => serverSettings({ port: chosen, durable, connections });

  const orphan = await claimSurvivor(cluster, dataDir);
  if (orphan !== null && (await fits(orphan, settingsFor(port ?? orphan.port)))) {
    logger?.warn({ pid: orphan.pid, port: orphan.port }, 'adopted the PostgreSQL that a killed process left running');
    return own(cluster, orphan, orphan.owner, true);
  }
  if (orphan !== null) {
    await orphan.owner.end();
    await stopServer(cluster, orphan);
  }

  const running = await launch(cluster, { binaries, account: placement.account, port, settingsFor });
  const owner = await claim(adminUrlOf(running.port, cluster.password), dataDir);
  logger?.info({ pid: running.pid, port: running.port, folder: cluster.home, created }, 'embedded PostgreSQL is ready');
  return own(cluster, running, owner, false);
}

/**
 * Deletes the cluster of a data folder, stopping an orphaned server first. For `npm run reset`.
 *
 * @throws {StartupError} a living process uses it; stop that process first.
 */
export async function eraseEmbeddedPostgres(dataDir: string): Promise<void> {
  const placement = await placeCluster(dataDir);
  const cluster = await readClusterFolder(placement.home).catch(() => null); // absent or corrupt: no server to stop
  const orphan = cluster === null ? null : await claimSurvivor(cluster, dataDir);
  if (cluster !== null && orphan !== null) {
    await orphan.owner.end();
    await stopServer(cluster, orphan);
  }
  await rm(placement.home, { recursive: true, force: true });
  await rm(placement.link, { force: true });
  if (dirname(dirname(placement.home)) === PRIVILEGED_HOME) await rm(dirname(placement.home), { recursive: true, force: true });
}

/**
 * Administrator's URL of the embedded server that another process runs on this data folder right now, for tools beside a running system.
 *
 * @throws {StartupError} none runs there.
 */
export async function runningPostgres(dataDir: string): Promise<string> {
  const placement = await placeCluster(dataDir);
  const cluster = await readClusterFolder(placement.home).catch(() => null);
  const running = cluster === null ? null : await findSurvivor(cluster);
  if (cluster === null || running === null)
    throw new StartupError(`Nothing runs on the data folder ${dataDir}: start it with "npm start", or name it by DATA_DIR.`);
  return adminUrlOf(running.port, cluster.password);
}

type Orphan = Running & { readonly owner: pg.Client };

/** Waits for a server that is still starting or stopping; null when there is none to claim. */
async function claimSurvivor(cluster: ClusterFolder, dataDir: string): Promise<Orphan | null> {
  const deadline = performance.now() + SURVIVOR_TIMEOUT_MS;
  for (;;) {
    const survivor = await findSurvivor(cluster);
    if (survivor === null) return null;
    const url = adminUrlOf(survivor.port, cluster.password);
    const reachable = await connectAsAdmin(url).catch((error: Error) => error);
    if (!(reachable instanceof Error)) {
      await reachable.end();
      return { ...survivor, owner: await claim(url, dataDir) };
    }
    if (performance.now() > deadline)
      throw corruptFolder(cluster.home, `PostgreSQL ${String(survivor.pid)} runs on it but answers: ${reachable.message}`, reachable);
    await sleep(50);
  }
}

async function claim(adminUrl: string, dataDir: string): Promise<pg.Client> {
  const owner = await connectAsAdmin(adminUrl);
  const deadline = performance.now() + OWNER_GONE_TIMEOUT_MS;
  for (;;) {
    const { rows } = await owner.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [OWNER_LOCK]);
    if (rows[0]?.mine === true) return owner;
    if (performance.now() > deadline) break;
    await sleep(50);
  }
  await owner.end();
  throw new StartupError(
    `The data folder ${dataDir} is in use by another running process: stop that one, or set DATA_DIR to another folder.`,
  );
}

/** True when the running server has the settings that a fresh start would give it. */
async function fits({ owner }: Orphan, wanted: Readonly<Record<string, string>>): Promise<boolean> {
  const names = ['port', 'max_connections', 'fsync'];
  const { rows } = await owner.query<{ name: string; setting: string }>('SELECT name, setting FROM pg_settings WHERE name = ANY($1)', [
    names,
  ]);
  return rows.every(({ name, setting }) => setting === (wanted[name] ?? 'on'));
}

function own(cluster: ClusterFolder, running: Running, owner: pg.Client, adopted: boolean): EmbeddedPostgres {
  return {
    adminUrl: adminUrlOf(running.port, cluster.password),
    port: running.port,
    pid: running.pid,
    adopted,
    async [Symbol.asyncDispose]() {
      await owner.end().catch(() => undefined);
      await stopServer(cluster, running);
    },
  };
}
