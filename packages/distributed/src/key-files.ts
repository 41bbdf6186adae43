import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlatformKeys } from '@tally/embedded';

/** Files that hold what processes must know and others must not. */
export interface KeyFiles {
  readonly gatewayJwks: string;
  readonly gatewayKey: string;
  readonly usersKey: string;
  readonly pepper: string;
  /** `null`: the system's certificates are trusted. */
  readonly kafkaCa: string | null;
}

/**
 * Writes what processes read from files, each whole or not at all, mode 0600.
 *
 * @param folder made when missing, mode 0700.
 * @param kafkaCa text of the certificates of the brokers.
 */
export async function writeKeyFiles(folder: string, keys: PlatformKeys, kafkaCa: string | null): Promise<KeyFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name);
    const draft = `${file}.${String(process.pid)}`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
    return file;
  };
  return {
    gatewayJwks: await write('gateway-jwks.json', JSON.stringify({ keys: [keys.gateway.publicJwk] })),
    gatewayKey: await write('gateway.json', JSON.stringify(keys.gateway)),
    usersKey: await write('users.json', JSON.stringify(keys.users)),
    pepper: await write('pepper', keys.pepper),
    kafkaCa: kafkaCa === null ? null : await write('kafka-ca.pem', kafkaCa),
  };
}
