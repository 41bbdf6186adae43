import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appNames, layOut, onFreePorts, startDistributed, sumOf, type AppName, type Layout, type PlacedProcess } from '@tally/distributed';
import type { PlatformConfig } from '@tally/embedded/app';
import { freshKey } from '@tally/testkit';
import { freshKeys } from './keys.ts';
import type { MigratedDatabase, Topology } from './topology.ts';

/** Each app its own process or several, HTTP between them. */
export interface AsProcesses extends Topology {
  /** Origin of each app; of several gateways the first. */
  readonly apps: Readonly<Record<AppName, string>>;
  /** Origins of all gateways. */
  readonly gateways: readonly string[];
  readonly processes: readonly PlacedProcess[];
  /** Sum of the series of a metric of a process that have these labels; 0 without any. Of the first gateway unless another process is named. */
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>, process?: string) => Promise<number>;
  /** Stops one process by SIGTERM; the others go on without it. An app's name means the process that answers for it. */
  readonly stopOne: (name: string) => Promise<void>;
  /** Starts a process again that was stopped, at the same address, and waits until it is ready. */
  readonly startAgain: (name: string) => Promise<void>;
  /** Stops all by SIGTERM, those that others need last; the exit codes in that order. Disposal then has nothing left to do. */
  readonly stop: () => Promise<readonly Ending[]>;
}

export interface Ending {
  readonly name: string;
  readonly code: number | null;
}

export interface AsProcessesOptions extends Partial<Layout> {
  readonly keys?: PlatformConfig['keys'];
  /** Default `default`, what production runs with. */
  readonly limits?: PlatformConfig['limits'];
  /** Default: the log in the database. Its prefix should be this system's own, see `freshKafka`. */
  readonly kafka?: PlatformConfig['kafka'];
  /** Default: none. */
  readonly redisUrl?: string | null;
  /** Goes before every key on Redis; default: one of this system's own. */
  readonly redisPrefix?: string;
  /** Default: mails are kept. */
  readonly smtpUrl?: PlatformConfig['smtpUrl'];
  /** Whether requests and work of orders are processes of their own: `split: ['orders']`. */
  readonly ordersApart?: boolean;
}

/** A place on a cluster that tests share, for one system. @param brokers `host:port`, separated by commas. */
export function freshKafka(brokers: string): NonNullable<PlatformConfig['kafka']> {
  return { kind: 'kafka', brokers: brokers.split(','), prefix: `${freshKey('system')}.`, tls: null, credentials: null };
}

/**
 * Starts every process by its `main.ts`, and waits until each says that it is ready.
 *
 * @throws {Error} one ended or stayed silent; the message holds what all of them printed.
 */
export async function startAsProcesses(database: MigratedDatabase, options: AsProcessesOptions = {}): Promise<AsProcesses> {
  const {
    keys = await freshKeys(),
    limits = 'default',
    kafka = null,
    redisUrl = null,
    redisPrefix = `${freshKey('system')}:`,
    smtpUrl = null,
  } = options;
  const { gateways = 1, workers = 1, ordersApart = false, split = ordersApart ? ['orders'] : false } = options;
  await using stack = new AsyncDisposableStack();
  const keysFolder = await mkdtemp(join(tmpdir(), 'tally-e2e-'));
  stack.defer(() => rm(keysFolder, { recursive: true, force: true }));
  const printed = new Map<string, string[]>();
  const hear = (name: string, line: string): void => {
    const lines = printed.get(name);
    if (lines === undefined) printed.set(name, [line]);
    else lines.push(line);
  };
  const logs = (): string => [...printed].map(([name, lines]) => `--- ${name}\n${lines.join('\n')}\n`).join('\n');

  const system = stack.use(
    await startDistributed(
      {
        urls: database.urls,
        keys,
        host: '127.0.0.1',
        limits,
        production: false,
        logLevel: 'info',
        otlpEndpoint: null,
        kafka,
        redis: redisUrl === null ? null : { url: redisUrl, prefix: redisPrefix },
        hotReadsMax: 10_000,
        smtpUrl,
        pages: [],
        processes: await onFreePorts(layOut({ gateways, split, workers })),
        keysFolder,
        ours: process.env,
      },
      { onLine: hear, onUnaskedEnd: hear },
    ).catch((cause: unknown) => {
      throw new Error(`the system does not get ready\n${logs()}`, { cause });
    }),
  );
  const { processes } = system;
  const apps = Object.fromEntries(appNames.map((name) => [name, system.urlOf(name)])) as Record<AppName, string>;
  const processOf = (name: string): PlacedProcess => {
    const found =
      processes.find((process) => process.name === name) ?? processes.find(({ app, roles }) => app === name && roles.includes('api'));
    if (found === undefined) throw new RangeError(`no process is called ${name}`);
    return found;
  };
  const stop = async () => (await system.stop()).map(({ name, code }) => ({ name, code }));
  const owned = stack.move();
  return {
    urls: { gateway: apps.gateway, simulator: apps['payment-simulator'] },
    apps,
    gateways: processes.filter(({ app }) => app === 'gateway').map(({ url }) => url),
    processes,
    keys,
    logs,
    stop,
    async metric(name, labels = {}, process = 'gateway') {
      const { metricsUrl } = processOf(process);
      if (metricsUrl === null) throw new RangeError(`${process} has no metrics`);
      return sumOf(await (await fetch(metricsUrl)).text(), name, labels);
    },
    async stopOne(name) {
      const { code } = await system.stopOne(processOf(name).name);
      assert.equal(code, 0, `${name} did not end with 0 on SIGTERM\n${logs()}`);
    },
    startAgain: (name) => system.startAgain(processOf(name).name),
    async [Symbol.asyncDispose]() {
      const ends = await stop();
      await owned.disposeAsync();
      assert.deepEqual(
        ends.filter(({ code }) => code !== 0),
        [],
        `a process did not end with 0 on SIGTERM\n${logs()}`,
      );
    },
  };
}
