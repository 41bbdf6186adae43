import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StartupError } from '@tally/runtime';
import type { Placement } from './account.ts';
import type { Binaries } from './binaries.ts';

/** An initialised cluster on disk. */
export interface ClusterFolder {
  readonly home: string;
  /** PGDATA. */
  readonly data: string;
  /** Of the superuser `postgres`. */
  readonly password: string;
  readonly log: string;
}

const MAJOR = '18';

/**
 * Reads the cluster of a placement, or makes a new one there. A cluster appears in one rename, data and password together, so an
 * initialisation that was interrupted leaves nothing that could be mistaken for one.
 *
 * @throws {StartupError} the folder holds something that is not a complete cluster of this version, or initdb failed; not retryable.
 */
export async function openClusterFolder(
  placement: Placement,
  binaries: Binaries,
  durable: boolean,
): Promise<{ cluster: ClusterFolder; created: boolean }> {
  const created = !(await exists(placement.home));
  if (created) await initialise(placement, binaries, durable);
  return { cluster: await readClusterFolder(placement.home), created };
}

/**
 * Reads an existing cluster.
 *
 * @throws {StartupError} it is incomplete, unreadable or of another version; not retryable.
 */
export async function readClusterFolder(home: string): Promise<ClusterFolder> {
  try {
    const version = (await readFile(join(home, 'data', 'PG_VERSION'), 'utf8')).trim();
    const password = (await readFile(join(home, 'password'), 'utf8')).trim();
    if (version !== MAJOR) {
      throw new StartupError(
        `The database in ${home} was made by PostgreSQL ${version}, this is ${MAJOR}: move that folder away, or set DATA_DIR to another folder.`,
      );
    }
    return { home, data: join(home, 'data'), password, log: join(home, 'server.log') };
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw corruptFolder(home, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** The one-line refusal for a cluster that cannot be used as it is. */
export function corruptFolder(home: string, reason: string, cause?: unknown): StartupError {
  return new StartupError(
    `The database in ${home} cannot be opened (${reason}): restore that folder from a copy, or run "npm run reset" to begin with an empty one.`,
    { cause },
  );
}

async function initialise({ home, account }: Placement, { initdb }: Binaries, durable: boolean): Promise<void> {
  await removeAbandoned(home);
  const half = `${home}.initialising-${String(process.pid)}`;
  try {
    await mkdir(half, { mode: 0o700 });
    await chmod(half, 0o700);
    const passwordFile = join(half, 'password');
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    if (account !== null) for (const path of [half, passwordFile]) await chown(path, account.uid, account.gid);
    // The system's own locale data differ between machines; these order by code point everywhere.
    const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
    await run(
      initdb,
      [
        '-D',
        join(half, 'data'),
        '-U',
        'postgres',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        `--locale=${locale}`,
        '--encoding=UTF8',
        ...(durable ? [] : ['--no-sync', '--wal-segsize=1']),
      ],
      account,
    );
    await rename(half, home);
  } catch (cause) {
    await rm(half, { recursive: true, force: true });
    if (await exists(home)) return; // another start was faster
    throw new StartupError(
      `No database can be made in ${dirname(home)} (${cause instanceof Error ? cause.message : String(cause)}): check rights and free space there, or set DATA_DIR.`,
      {
        cause,
      },
    );
  }
}

/** Folders of initialisations whose process is gone. */
async function removeAbandoned(home: string): Promise<void> {
  const prefix = `${basename(home)}.initialising-`;
  for (const name of await readdir(dirname(home))) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
      await rm(join(dirname(home), name), { recursive: true, force: true });
  }
}

/** True while a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function run(program: string, args: readonly string[], account: Placement['account']): Promise<void> {
  const child = spawn(program, args, { ...account, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            complaints
              .trim()
              .split('\n')
              .findLast((line) => line.includes('error:')) ?? `initdb ended with ${String(code)}`,
          ),
        );
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
