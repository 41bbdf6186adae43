import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StartupError } from '@tally/runtime';
import { openKeys } from '../keys.ts';
import { databaseUrl, databaseUrls, ownerOf, SCHEMAS } from './roles.ts';
import { openSecrets, type Secrets } from './secrets.ts';

/** Where the containers find each other; their URLs are made with it. */
export interface SecretsFolderOptions {
  /** `host:port` of PostgreSQL. */
  readonly postgres: string;
  /** `host:port` of Redis. */
  readonly redis: string;
}

/** Name of a file and what was done: made, or left as it is because it exists. */
export interface SecretFile {
  readonly name: string;
  readonly made: boolean;
}

// Compose mounts each file as it is, with its owner, and our containers run as 10001: the file must be readable to it. The folder is closed instead, so
// that nobody else on this machine gets to the files.
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o644;

/**
 * One file per secret, named after the variable that reads it: `ORDERS_DATABASE_URL` is `orders-database-url`. What exists is never overwritten, so a
 * second call makes what is missing and a file of your own may stand in for any of them. Origin of all is `secrets.json` and `keys/` in the same folder.
 *
 * @throws {StartupError} the folder holds something else, or its secrets are damaged.
 */
export async function writeSecretsFolder(path: string, options: SecretsFolderOptions): Promise<readonly SecretFile[]> {
  const folder = resolve(path);
  await mkdir(folder, { recursive: true });
  const there = await readdir(folder);
  if (there.length > 0 && !there.includes('secrets.json') && !there.includes('keys')) {
    throw new StartupError(`${folder} holds other files than secrets: name an empty or a new folder.`);
  }
  await chmod(folder, FOLDER_MODE);
  const wanted = Object.entries(await secretsOf(await openSecrets(folder), options));
  const files: SecretFile[] = [];
  for (const [name, text] of wanted) files.push({ name, made: await writeOnce(join(folder, name), `${text}\n`) });
  return files;
}

/** @returns whether it was written: a file that exists stays. */
async function writeOnce(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await chmod(file, FILE_MODE); // whatever the umask took away
  return true;
}

/** The file of a variable. */
export function secretFileOf(variable: string): string {
  return variable.toLowerCase().replaceAll('_', '-');
}

async function secretsOf(secrets: Secrets, { postgres, redis }: SecretsFolderOptions): Promise<Readonly<Record<string, string>>> {
  const keys = await openKeys(secrets);
  const adminPassword = secrets.derive('password of the PostgreSQL administrator');
  const redisPassword = secrets.derive('password of Redis');
  const adminUrl = `postgresql://postgres:${adminPassword}@${postgres}/postgres`;
  const urls = databaseUrls(adminUrl, secrets.passwords);
  return {
    'postgres-password': adminPassword,
    'database-url': databaseUrl(adminUrl, 'postgres'),
    ...Object.fromEntries(
      SCHEMAS.flatMap((schema) => [
        [secretFileOf(`${ownerOf(schema)}_database_url`), urls[schema].owner],
        [secretFileOf(`${schema}_database_url`), urls[schema].app],
      ]),
    ),
    'auditor-database-url': urls.auditor,
    'redis-url': `redis://:${redisPassword}@${redis}`,
    'redis-users.acl': redisUsers(redisPassword),
    'gateway-signing-key.json': JSON.stringify(keys.gateway),
    'gateway-jwks.json': JSON.stringify({ keys: [keys.gateway.publicJwk] }),
    'users-signing-key.json': JSON.stringify(keys.users),
    'users-pepper': keys.pepper,
    'simulator-webhook-secret': keys.webhookSecret,
  };
}

/** The apps' user, by the hash of its password, and one for health checks that may do nothing but ask whether the server lives. */
function redisUsers(password: string): string {
  const hash = createHash('sha256').update(password).digest('hex');
  return [`user default on #${hash} ~* &* +@all`, 'user health on nopass -@all +ping'].join('\n');
}
