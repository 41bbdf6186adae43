import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a server keeps what it writes. Disposing removes a temporary one. */
export interface Folder extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  readonly isTemporary: boolean;
}

/**
 * Opens the folder that is wanted, or a temporary one.
 *
 * @param prefix of the temporary one's name.
 */
export async function openFolder(prefix: string, wanted?: string): Promise<Folder> {
  if (wanted !== undefined) {
    await mkdir(wanted, { recursive: true });
    return { path: resolve(wanted), isTemporary: false, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const path = await mkdtemp(join(tmpdir(), prefix));
  return { path, isTemporary: true, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
