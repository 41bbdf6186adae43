import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  databaseGrants,
  databaseUrls,
  type EmbeddedPostgres,
  eraseEmbeddedPostgres,
  openEmbeddedPostgres,
  openSecrets,
} from '@tally/embedded';
import type { TestProject } from 'vitest/node';
import { PLACEHOLDER, type TestCluster } from './cluster.ts';
import { hasSeed, MIGRATED, provideCluster, SEEDED, TEST_SERVER } from './template-cluster.ts';

interface SharedCluster {
  users: number;
  readonly opened: Promise<{ readonly server: EmbeddedPostgres; readonly folder: string; readonly facts: TestCluster }>;
}

/** Each vitest project loads this file anew, in one process: they meet in this global. */
const meeting = globalThis as typeof globalThis & { tallyTestCluster?: SharedCluster | undefined };
const PREFIX = 'tally-test-';

/** Starts the PostgreSQL cluster of this run, or joins the one another project of the same run has started, and tells its workers. */
export async function setup(project: TestProject): Promise<void> {
  const cluster = (meeting.tallyTestCluster ??= { users: 0, opened: open() });
  cluster.users += 1;
  project.provide('cluster', (await cluster.opened).facts);
}

/** Stops the cluster after the last project. */
export async function teardown(): Promise<void> {
  const cluster = meeting.tallyTestCluster;
  if (cluster === undefined || --cluster.users > 0) return;
  meeting.tallyTestCluster = undefined;
  const { server, folder } = await cluster.opened;
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}

async function open() {
  const place = await roomyPlace();
  await removeAbandoned(place);
  const folder = await mkdtemp(join(place, `${PREFIX}${String(process.pid)}-`));
  await provideCluster(folder);
  const server = await openEmbeddedPostgres({ dataDir: folder, ...TEST_SERVER });
  const { passwords } = await openSecrets(folder);
  const facts: TestCluster = {
    adminUrl: server.adminUrl,
    urls: databaseUrls(server.adminUrl, passwords, PLACEHOLDER),
    grants: databaseGrants(PLACEHOLDER),
    templates: { migrated: MIGRATED, ...(hasSeed() ? { seeded: SEEDED } : {}) },
  };
  return { server, folder, facts };
}

/**
 * In memory where the system has such a folder with room: a clone is hundreds of small files, 13 ms to make there and 240 ms on a disk.
 * Containers often have a tiny one.
 */
async function roomyPlace(): Promise<string> {
  const room = await statfs(MEMORY).catch(() => null);
  return room !== null && room.bavail * room.bsize > ROOM_BYTES ? MEMORY : tmpdir();
}

const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 * 1024 ** 3;

/** Clusters of runs that were killed: their servers live on until somebody stops them. */
async function removeAbandoned(place: string): Promise<void> {
  for (const name of (await readdir(place)).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(place, name);
    if (isAlive(Number.parseInt(name.slice(PREFIX.length), 10))) continue;
    // Refused only while a process still holds it; then it is not abandoned.
    await eraseEmbeddedPostgres(folder).then(
      () => rm(folder, { recursive: true, force: true }),
      () => undefined,
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
