import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  connectionsOf,
  layOut,
  onFreePorts,
  startDistributed,
  StartFailedError,
  type Distributed,
  type ProcessSpec,
  type SubgraphName,
  type SystemSettings,
} from '@tally/distributed';
import { eraseEmbeddedPostgres, openFoundation, type DatabaseUrls } from '@tally/embedded';
import { createLogger } from '@tally/runtime';
import { keepLives } from './lives.ts';
import type { System, SystemOptions } from './system.ts';

/** A system of processes, with what only such a one has. */
export interface ProcessesSystem extends System {
  readonly apps: Distributed;
  readonly databaseUrls: DatabaseUrls;
  readonly gateways: readonly [string, string];
}

export interface ProcessesOptions extends SystemOptions {
  /** Processes with the role `worker` of each subgraph, or 1 and other numbers for those named; default 1. */
  readonly workers?: number | Readonly<Partial<Record<SubgraphName, number>>>;
}

/** Where the log and what is shared are. */
export type Surroundings = Pick<SystemSettings, 'kafka' | 'redis'>;

const catchUpMs = 120_000;

/**
 * Two gateways, and of each subgraph a process that answers and others that work; the log in PostgreSQL unless the surroundings say otherwise. Ready when the
 * seed has reached everybody.
 *
 * @throws {StartupError} one line: who does not start. @throws {Error} the seed does not reach everybody.
 */
export async function startProcesses(
  { folder, progress, limits = 'load', more, workers = 1 }: ProcessesOptions,
  surroundings: Surroundings = { kafka: null, redis: null },
): Promise<ProcessesSystem> {
  await using stack = new AsyncDisposableStack();
  const [logs, dataDir] = [join(folder, 'logs'), join(folder, 'data')];
  await mkdir(logs, { recursive: true });
  const specs = await onFreePorts(laidOut(workers));
  stack.defer(() => eraseEmbeddedPostgres(dataDir));
  const foundation = stack.use(
    await openFoundation(
      { dataDir, databaseUrl: null, production: false },
      { logger: createLogger({ service: 'harness', level: 'warn' }), progress, connections: connectionsOf(specs) },
    ),
  );
  const files = new Map<string, WriteStream>();
  stack.defer(() => {
    for (const file of files.values()) file.end();
  });
  const [unasked, lives] = [[] as string[], keepLives()];
  const [armed, killed] = [new Map<string, string>(), new Set<string>()];
  progress(`${String(specs.length)} processes`);
  for (const { name } of specs) lives.begun(name);
  const apps = stack.use(
    await startDistributed(
      {
        ...surroundings,
        urls: foundation.urls,
        keys: foundation.keys,
        keysFolder: join(foundation.keysFolder, 'processes'),
        processes: specs,
        host: '127.0.0.1',
        limits,
        production: false,
        logLevel: 'info',
        otlpEndpoint: null,
        hotReadsMax: 10_000,
        smtpUrl: null,
        pages: [],
        ours: process.env,
        more({ name }) {
          const crash = armed.get(name);
          return { ...more?.(name), ...(crash === undefined ? {} : { CRASH_POINT: crash }) };
        },
      },
      {
        onLine(name, line) {
          const file = files.get(name) ?? createWriteStream(join(logs, `${name}.log`));
          files.set(name, file);
          file.write(`${line}\n`);
        },
        onUnaskedEnd(name, what) {
          const expected = killed.delete(name) || armed.has(name);
          if (!expected || !wasKilled(what)) unasked.push(what);
          lives.over(name);
        },
      },
    ),
  );
  progress('projections');
  const behind = await apps.caughtUp(catchUpMs);
  if (behind.length > 0) throw new Error(`the seed does not reach everybody: ${behind.join(', ')}`);

  async function start(name: string, crash?: string): Promise<void> {
    if (crash === undefined) armed.delete(name);
    else armed.set(name, crash);
    lives.begun(name);
    try {
      await apps.startAgain(name);
    } catch (error) {
      lives.over(name);
      if (crash === undefined || !(error instanceof StartFailedError) || !wasKilled(error.message)) throw error;
    }
  }

  const [first, second] = apps.processes.filter(({ app }) => app === 'gateway').map(({ url }) => url);
  if (first === undefined || second === undefined) throw new RangeError('there are no two gateways');
  const owned = stack.move();
  return {
    setUp: surroundings.kafka === null ? 'processes' : 'processes-kafka',
    apps,
    processes: apps.processes.map(({ name, app, roles, url, metricsUrl }) => ({ name, apps: [app], roles, url, metricsUrl })),
    gateways: [first, second],
    simulatorUrl: apps.urlOf('payment-simulator'),
    urls: () => Promise.resolve(foundation.urls),
    databaseUrls: foundation.urls,
    keys: foundation.keys,
    dataDir,
    log: null,
    unasked,
    pidOf: (name) => (lives.isAlive(name) ? apps.pidOf(name) : undefined),
    ended: (name) => lives.ended(name),
    async kill(name) {
      const pid = lives.isAlive(name) ? apps.pidOf(name) : undefined;
      if (pid === undefined) return;
      killed.add(name);
      process.kill(pid, 'SIGKILL');
      await lives.ended(name);
    },
    async stop(name) {
      const { code, signal } = await apps.stopOne(name);
      lives.over(name);
      return signal ?? code ?? -1;
    },
    start,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A crash point and `kill` leave no other way. */
const wasKilled = (what: string): boolean => what.includes('was killed by SIGKILL');

function laidOut(workers: NonNullable<ProcessesOptions['workers']>): readonly ProcessSpec[] {
  if (typeof workers === 'number') return layOut({ gateways: 2, split: true, workers });
  const wanted = new Map<string, number>(Object.entries(workers));
  const seen = new Map<string, number>();
  return layOut({ gateways: 2, split: true, workers: Math.max(1, ...wanted.values()) }).filter(({ app, roles }) => {
    if (!roles.includes('worker')) return true;
    const number = (seen.get(app) ?? 0) + 1;
    seen.set(app, number);
    return number <= (wanted.get(app) ?? 1);
  });
}
