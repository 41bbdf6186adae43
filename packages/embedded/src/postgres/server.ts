import { spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '@tally/runtime';
import pg from 'pg';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { type ClusterFolder, corruptFolder, isAlive } from './cluster-folder.ts';

/** Recovery after a crash replays the log before the server answers. */
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const BIND_ATTEMPTS = 5;

/** What `launch` needs beside the folder. */
export interface Launch {
  readonly binaries: Binaries;
  readonly account: Account | null;
  /** Absent: any free port. */
  readonly port: number | undefined;
  readonly settingsFor: (port: number) => Readonly<Record<string, string>>;
}

/** A running server. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** Absent for an adopted server, whose end only shows in its folder. */
  readonly exited?: Promise<unknown>;
}

/**
 * Starts the server and waits until it accepts connections.
 *
 * @throws {StartupError} the wanted port is taken, or PostgreSQL refuses the folder; its own reason is in the message. Not retryable.
 */
export async function launch(cluster: ClusterFolder, { binaries, account, port: wanted, settingsFor }: Launch): Promise<Running> {
  let bindAttempts = 0;
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const port = wanted ?? (await freePort());
    const { pid, exited } = spawnServer(cluster, binaries, account, settingsFor(port));
    if (pid !== undefined && (await becomesReady(cluster, pid, port, deadline))) return { pid, port, exited };

    const reason = await lastWords(cluster);
    if (/could not bind|Address already in use/.test(reason.all)) {
      if (wanted !== undefined)
        throw new StartupError(`Port ${String(wanted)} is taken: stop what listens there, or choose another port for PostgreSQL.`);
      if (++bindAttempts < BIND_ATTEMPTS) continue; // somebody took the free port in between
    }
    // The helpers of a server that was killed take a moment to notice and let go of its memory.
    if (reason.all.includes('is still in use') && performance.now() < deadline) {
      await sleep(100);
      continue;
    }
    throw corruptFolder(cluster.home, reason.fatal);
  }
}

function spawnServer(
  cluster: ClusterFolder,
  { postgres }: Binaries,
  account: Account | null,
  settings: Readonly<Record<string, string>>,
): { pid: number | undefined; exited: Promise<unknown> } {
  const log = openSync(cluster.log, 'w', 0o600);
  try {
    if (account !== null) fchownSync(log, account.uid, account.gid);
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // Detached: Ctrl-C must not reach it before the apps have drained. It writes to a file, because a pipe would die with us.
    const child = spawn(postgres, ['-D', cluster.data, ...options], {
      ...account,
      cwd: cluster.home,
      detached: true,
      stdio: ['ignore', log, log],
    });
    // A program that cannot be run has no pid and an `error` instead of an `exit`: the caller reports it.
    const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    child.unref();
    return { pid: child.pid, exited };
  } finally {
    closeSync(log);
  }
}

async function becomesReady(cluster: ClusterFolder, pid: number, port: number, deadline: number): Promise<boolean> {
  for (let pause = 10; performance.now() < deadline; pause = Math.min(pause * 1.5, 100)) {
    // `postmaster.pid` names its port once it listens; a stranger on the same port is not asked.
    if (await isListening(cluster, pid)) {
      const client = await connectAsAdmin(adminUrlOf(port, cluster.password)).catch(() => null);
      if (client !== null) {
        await client.end();
        return true;
      }
    }
    if (!isAlive(pid)) return false;
    await sleep(pause);
  }
  return false;
}

async function isListening({ data }: ClusterFolder, pid: number): Promise<boolean> {
  const lines = await readFile(join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  );
  return Number(lines[0]) === pid && (lines[7] ?? '').startsWith('ready');
}

async function lastWords({ log }: ClusterFolder): Promise<{ all: string; fatal: string }> {
  const all = await readFile(log, 'utf8').catch(() => '');
  const line = all.split('\n').findLast((text) => /\b(FATAL|PANIC)\b/.test(text)) ?? all.trim().split('\n').at(-1) ?? '';
  return { all, fatal: line.replace(/^.*?\b(FATAL|PANIC):\s*/, '') || 'PostgreSQL ended without a word' };
}

/**
 * Stops a server with SIGINT: sessions are cut, data are written, the next start needs no recovery. After 20 s it is told to quit at once,
 * which loses nothing but makes the next start recover.
 */
export async function stopServer({ data }: ClusterFolder, { pid, exited }: Pick<Running, 'pid' | 'exited'>): Promise<void> {
  const started = performance.now();
  let signal: NodeJS.Signals = 'SIGINT';
  if (!kill(pid, signal)) return;
  // A clean end removes this file. The process id alone would mislead: an adopted server may stay a zombie where nobody reaps it.
  for (let pause = 5; (await exists(join(data, 'postmaster.pid'))) && isAlive(pid); pause = Math.min(pause * 1.5, 50)) {
    if (signal === 'SIGINT' && performance.now() - started > STOP_TIMEOUT_MS) kill(pid, (signal = 'SIGQUIT'));
    await sleep(pause);
  }
  await exited;
}

function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** URL of the superuser, database `postgres`. */
export function adminUrlOf(port: number, password: string): string {
  return `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${String(port)}/postgres`;
}

/** One connection of the superuser; closes half-open attempts after 2 s. */
export async function connectAsAdmin(adminUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // a lost connection shows at the next query
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
