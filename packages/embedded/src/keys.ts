import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSigningKey, type SigningKey } from '@tally/identity';
import { StartupError } from '@tally/runtime';
import type { Secrets } from './database/secrets.ts';

/** What the platform signs and seals with. */
export interface PlatformKeys {
  /** Users signs access tokens with it. */
  readonly users: SigningKey;
  /** The gateway signs its tokens to subgraphs with it. */
  readonly gateway: SigningKey;
  /** Secret part of every password hash. */
  readonly pepper: string;
  readonly webhookSecret: string;
}

/**
 * The keys of an embedded system: made on its first start, mode 0600, kept with its data.
 *
 * @throws {StartupError} a key file cannot be read.
 */
export async function openKeys(secrets: Secrets): Promise<PlatformKeys> {
  const [users, gateway] = await Promise.all([
    openKey(join(secrets.keysDir, 'users.json')),
    openKey(join(secrets.keysDir, 'gateway.json')),
  ]);
  return { users, gateway, pepper: secrets.derive('password pepper'), webhookSecret: secrets.derive('payment-provider webhook') };
}

async function openKey(file: string): Promise<SigningKey> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as SigningKey;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) {
      throw new StartupError(`The key in ${file} cannot be read: restore it, or run "npm run reset".`, { cause });
    }
    await create(file);
    return openKey(file);
  }
}

/** Appears whole or not at all, and never replaces one that another start has just made. */
async function create(file: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(await generateSigningKey())}\n`, { mode: 0o600 });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
}
