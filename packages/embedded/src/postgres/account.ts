import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readlink, realpath, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StartupError } from '@tally/runtime';

/** The system user that PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where the cluster of one data folder lies, and who owns it. */
export interface Placement {
  /** Absolute folder; need not exist yet. Holds `data/` (PGDATA), `password` and `server.log`. */
  readonly home: string;
  /** `<dataDir>/postgres`: the home itself, or a link to it. */
  readonly link: string;
  /** Null: the user of this process. */
  readonly account: Account | null;
}

/** Used only as root, and only when the chosen folder is closed to the unprivileged account; survives reboots. */
export const PRIVILEGED_HOME = '/var/lib/tally';

const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/**
 * Decides where the cluster of a data folder lives and as whom it runs.
 *
 * PostgreSQL refuses to run as root. Started by root, it runs as uid 65534, or as the ordinary user whose cluster is already there. That user
 * must be able to enter every folder above; where it cannot (a clone in /root), the cluster is placed in `/var/lib/tally` and
 * `<dataDir>/postgres` becomes a link to it.
 *
 * @param dataDir created when missing.
 * @throws {StartupError} the folder cannot be created or read; not retryable.
 */
export async function placeCluster(dataDir: string): Promise<Placement> {
  const folder = resolve(dataDir);
  const link = join(folder, 'postgres');
  try {
    const fresh = (await mkdir(folder, { recursive: true })) !== undefined;
    if (process.getuid?.() !== 0) return { home: await followLink(link), link, account: null };

    const owner = await ownerOf(await followLink(link));
    const account = owner ?? NOBODY;
    // Our own folder: let the account pass through it. Somebody else's (DATA_DIR=/root) keeps its mode.
    if (fresh || (await readdir(folder)).every((name) => OWN_NAMES.test(name)))
      await chmod(folder, ((await stat(folder)).mode & 0o777) | 0o011);
    const linked = (await lstat(link).catch(() => null))?.isSymbolicLink() === true;
    if (!linked && owner === null && !(await mayEnter(folder, account))) await symlinkOutside(folder, link);
    return { home: await followLink(link), link, account };
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw new StartupError(
      `The data folder ${folder} cannot be used (${reasonOf(cause)}): make it writable, or set DATA_DIR to another folder.`,
      { cause },
    );
  }
}

const OWN_NAMES = /^(postgres|postgres\.initialising-.*|secrets\.json|keys)$/;

async function followLink(path: string): Promise<string> {
  const entry = await lstat(path).catch(() => null);
  if (entry?.isSymbolicLink() === true) return resolve(dirname(path), await readlink(path));
  return join(await realpath(dirname(path)), 'postgres');
}

async function ownerOf(home: string): Promise<Account | null> {
  const entry = await stat(home).catch(() => null);
  return entry === null || entry.uid === 0 ? null : { uid: entry.uid, gid: entry.gid };
}

/** True when every folder from the root down to `folder` lets the account pass. */
async function mayEnter(folder: string, { uid, gid }: Account): Promise<boolean> {
  for (let path = await realpath(folder); ; path = dirname(path)) {
    const { mode, uid: ownerUid, gid: ownerGid } = await stat(path);
    const bit = ownerUid === uid ? 0o100 : ownerGid === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** The name is random: a data folder that was deleted and made again must not find the rows of the old one. */
async function symlinkOutside(folder: string, link: string): Promise<void> {
  const outside = join(PRIVILEGED_HOME, `cluster-${randomBytes(8).toString('hex')}`);
  try {
    await mkdir(outside, { recursive: true });
    await chmod(PRIVILEGED_HOME, 0o755);
    await chmod(outside, 0o711);
    await symlink(join(outside, 'postgres'), link).catch(async (error: NodeJS.ErrnoException) => {
      await rm(outside, { recursive: true });
      if (error.code !== 'EEXIST') throw error;
    });
  } catch (cause) {
    throw new StartupError(
      `PostgreSQL cannot run as root, and ${folder} is closed to other users: set DATA_DIR to a folder that all users may enter, or start as an ordinary user.`,
      { cause },
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
