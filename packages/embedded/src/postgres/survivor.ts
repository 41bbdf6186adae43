import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ClusterFolder } from './cluster-folder.ts';
import { isAlive } from './cluster-folder.ts';

/** A server that an earlier process of ours started and did not stop. */
export interface Survivor {
  readonly pid: number;
  readonly port: number;
}

/**
 * The server that `postmaster.pid` of the cluster speaks of, if it still runs. A file left by a server that is gone is removed: PostgreSQL
 * would refuse to start when another process has been given that id in the meantime, which is the rule in containers.
 */
export async function findSurvivor({ data }: ClusterFolder): Promise<Survivor | null> {
  const file = join(data, 'postmaster.pid');
  const lines = await readFile(file, 'utf8').then(
    (text) => text.split('\n'),
    () => null,
  );
  if (lines === null) return null;
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (Number.isInteger(pid) && pid > 0 && isAlive(pid) && (await commandLineOf(pid)).includes(data)) return { pid, port };
  await rm(file, { force: true });
  return null;
}

async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  return promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
