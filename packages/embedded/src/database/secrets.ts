import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StartupError } from '@tally/runtime';
import { ROLES, type RolePasswords } from './roles.ts';

/** What an embedded system knows and tells nobody. Made once, on its first start. */
export interface Secrets {
  readonly passwords: RolePasswords;
  /** Folder for signing keys, mode 0700; exists. */
  readonly keysDir: string;
  /**
   * A secret of its own for each purpose, 256 bits in base64url, the same at every start.
   *
   * @param purpose what it is for, e.g. `payment-provider webhook`.
   */
  readonly derive: (purpose: string) => string;
}

interface SecretsFile {
  readonly root: string;
  readonly passwords: Readonly<Partial<RolePasswords>>;
}

/**
 * Reads the secrets of a data folder, and makes them on first use: `secrets.json`, mode 0600, and `keys/`, mode 0700.
 *
 * @throws {StartupError} the file is unreadable or damaged; not retryable. They are not made anew then: the roles in the database have the
 * old passwords.
 */
export async function openSecrets(dataDir: string): Promise<Secrets> {
  const folder = resolve(dataDir);
  const file = join(folder, 'secrets.json');
  const keysDir = join(folder, 'keys');
  try {
    await mkdir(keysDir, { recursive: true, mode: 0o700 });
    await chmod(keysDir, 0o700);
    const { root, passwords } = parseSecrets(await readFile(file, 'utf8').catch(() => create(file)));
    const derive = (purpose: string): string => Buffer.from(hkdfSync('sha256', root, '', purpose, 32)).toString('base64url');
    // A role that is younger than the file gets a derived password.
    const all = Object.fromEntries(ROLES.map((role) => [role, passwords[role] ?? derive(`password of role ${role}`)]));
    return { passwords: all as Record<keyof RolePasswords, string>, keysDir, derive };
  } catch (cause) {
    throw new StartupError(
      `The secrets in ${file} cannot be read (${cause instanceof Error ? cause.message : String(cause)}): restore that file from a copy, or run "npm run reset".`,
      {
        cause,
      },
    );
  }
}

function parseSecrets(text: string): SecretsFile {
  const { root, passwords } = JSON.parse(text) as Partial<SecretsFile>;
  if (typeof root !== 'string' || root.length < 43 || typeof passwords !== 'object') throw new Error('the file is not complete');
  return { root, passwords };
}

/** Appears whole or not at all, and never replaces one that another start has just made. */
async function create(file: string): Promise<string> {
  const random = (): string => randomBytes(32).toString('base64url');
  const secrets: SecretsFile = { root: random(), passwords: Object.fromEntries(ROLES.map((role) => [role, random()])) };
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readFile(file, 'utf8');
}
