import { readdir, readFile } from 'node:fs/promises';

/** CPU time spent so far, user and system, in milliseconds. */
export interface CpuTimes {
  readonly process: number;
  readonly postgres: number;
}

/** Linux counts in hundredths of a second, whatever the kernel's own tick. */
const msPerTick = 10;

interface Stat {
  readonly parent: number;
  readonly ownMs: number;
  /** Of children that have ended and were waited for. */
  readonly reapedMs: number;
}

/**
 * What a process and a PostgreSQL server have spent so far. The server's share is that of the postmaster, of every living child (sessions, writers) and
 * of the children that have ended.
 *
 * @throws {Error} there is no `/proc`, or the process is gone.
 */
export async function readCpu(pid: number, postmaster: number): Promise<CpuTimes> {
  const [process, postgres] = await Promise.all([readProcess(pid), readServer(postmaster)]);
  return { process, postgres };
}

export const cpuBetween = (before: CpuTimes, after: CpuTimes): CpuTimes => ({
  process: after.process - before.process,
  postgres: after.postgres - before.postgres,
});

/** The parent of a process: of a session's process it is the postmaster. */
export async function parentOf(pid: number): Promise<number> {
  return (await readStat(pid)).parent;
}

/** What the bench itself has spent, its ended children included. */
export async function readOwnMs(): Promise<number> {
  const { ownMs, reapedMs } = await readStat(process.pid);
  return ownMs + reapedMs;
}

/** All threads of one process, without its children. */
async function readProcess(pid: number): Promise<number> {
  return (await readStat(pid)).ownMs;
}

async function readServer(postmaster: number): Promise<number> {
  const { ownMs, reapedMs } = await readStat(postmaster);
  const children = await childrenOf(postmaster);
  const spent = await Promise.all(children.map((pid) => readProcess(pid).catch(() => 0))); // it ended meanwhile
  return spent.reduce((sum, ms) => sum + ms, ownMs + reapedMs);
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const stats = await Promise.all(pids.map(async (pid) => ({ pid, stat: await readStat(pid).catch(() => null) })));
  return stats.filter(({ stat }) => stat?.parent === parent).map(({ pid }) => pid);
}

async function readStat(pid: number): Promise<Stat> {
  const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch((cause: unknown) => {
    throw new Error(`CPU time of process ${String(pid)} cannot be read: benches need Linux, and the process alive`, { cause });
  });
  // The second field is the program's name in parentheses and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (first: number): number => (Number(fields[first]) + Number(fields[first + 1])) * msPerTick;
  return { parent: Number(fields[1]), ownMs: ticks(11), reapedMs: ticks(13) };
}
