import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformConfig } from '@tally/embedded/app';
import { eventually } from '@tally/testkit';
import { appNames, type AppName, type ProcessName } from './app-names.ts';
import { freePort, runMain, type AppProcess, type Ended, type MainFile } from './app-process.ts';
import { environmentsOf, writeKeys } from './environments.ts';
import { freshKeys } from './keys.ts';
import { sumOf } from './prometheus.ts';
import type { MigratedDatabase, Topology } from './topology.ts';

/** Each app its own process, HTTP between them. */
export interface AsProcesses extends Topology {
  /** Origin of each app. */
  readonly apps: Readonly<Record<AppName, string>>;
  /** Sum of the series of a metric of the gateway that have these labels; 0 without any. */
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>;
  /** Stops one process by SIGTERM; the others go on without it. */
  readonly stopOne: (name: ProcessName) => Promise<void>;
  /** Starts a process again that was stopped, at the same address, and waits until it is ready. */
  readonly startAgain: (name: ProcessName) => Promise<void>;
  /** Stops all by SIGTERM, those that others need last; the exit codes in that order. Disposal then has nothing left to do. */
  readonly stop: () => Promise<readonly Stopped[]>;
}

export interface Stopped {
  readonly name: string;
  readonly code: number | null;
}

export interface AsProcessesOptions {
  readonly keys?: PlatformConfig['keys'];
  /** Default `default`, what production runs with. */
  readonly limits?: PlatformConfig['limits'];
  /** Default: mails are kept. */
  readonly smtpUrl?: PlatformConfig['smtpUrl'];
  /** Whether orders runs as two processes: `orders` answers, `orders-worker` has relay, consumers and jobs. Default: one does both. */
  readonly ordersApart?: boolean;
}

const mains: Readonly<Record<ProcessName, MainFile>> = {
  'payment-simulator': 'packages/payment-simulator/src/main.ts',
  users: 'subgraphs/users/src/main.ts',
  products: 'subgraphs/products/src/main.ts',
  payments: 'subgraphs/payments/src/main.ts',
  orders: 'subgraphs/orders/src/main.ts',
  'orders-worker': 'subgraphs/orders/src/main.ts',
  notifications: 'subgraphs/notifications/src/main.ts',
  gateway: 'gateway/src/main.ts',
};

const readyPatienceMs = 60_000;

/**
 * Starts every app by its `main.ts`, and waits until each says that it is ready.
 *
 * @throws {Error} one ended or stayed silent; the message holds what all of them printed.
 */
export async function startAsProcesses(database: MigratedDatabase, options: AsProcessesOptions = {}): Promise<AsProcesses> {
  const { keys = await freshKeys(), limits = 'default', smtpUrl = null, ordersApart = false } = options;
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tally-e2e-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const files = await writeKeys(folder, keys);
  const names = appNames.flatMap((name): readonly ProcessName[] => (name === 'orders' && ordersApart ? ['orders-worker', name] : [name]));
  const [ports, metricsPorts] = [await freePorts(names), await freePorts(names)];
  const apps = Object.fromEntries(appNames.map((name) => [name, originOf(ports.get(name))])) as Record<AppName, string>;
  const metricsOf = (name: ProcessName): string => `${originOf(metricsPorts.get(name))}/metrics`;
  const environments = environmentsOf(database, apps, files, { keys, limits, smtpUrl, ordersApart });

  const processes = new Map<ProcessName, AppProcess>();
  const printed: string[] = [];
  const logs = (): string => [...printed, ...[...processes.values()].map(said)].join('\n');
  const start = async (name: ProcessName): Promise<void> => {
    const app = runMain(name, mains[name], {
      HOST: '127.0.0.1',
      PORT: String(ports.get(name)),
      METRICS_PORT: String(metricsPorts.get(name)),
      LOG_LEVEL: 'info',
      ...environments[name],
    });
    processes.set(name, app);
    // A worker answers nobody: it is there once it is measured, and what it has taken up shows in what it does.
    await untilReady(app, name === 'orders-worker' ? metricsOf(name) : `${apps[name]}${readyPaths[name] ?? '/health/ready'}`, logs);
  };
  stack.defer(() => {
    for (const { kill } of processes.values()) kill();
  });
  await Promise.all(names.map(start));

  let stopped: Promise<readonly Stopped[]> | undefined;
  // First the one that clients ask, last what the others need.
  const stop = () => (stopped ??= stopAll(names.toReversed().flatMap((name) => processes.get(name) ?? [])));
  const owned = stack.move();
  return {
    urls: { gateway: apps.gateway, simulator: apps['payment-simulator'] },
    apps,
    keys,
    logs,
    stop,
    metric: async (name, labels = {}) => sumOf(await (await fetch(metricsOf('gateway'))).text(), name, labels),
    async stopOne(name) {
      const app = processes.get(name);
      const code = (await app?.stop())?.code;
      assert.equal(code, 0, `${name} did not end with 0 on SIGTERM\n${logs()}`);
    },
    async startAgain(name) {
      const before = processes.get(name);
      if (before !== undefined) printed.push(said(before));
      await start(name);
    },
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

const originOf = (port: number | undefined): string => `http://127.0.0.1:${String(port)}`;

const said = ({ name, output }: AppProcess): string => `--- ${name}\n${output()}`;

async function freePorts<Name extends string>(names: readonly Name[]): Promise<ReadonlyMap<Name, number>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
}

// The simulator is somebody else's house: it has no health page, and is ready when its ledger can be read.
const readyPaths: Readonly<Partial<Record<AppName, string>>> = { 'payment-simulator': '/admin/ledger?order=nobody' };

async function untilReady(app: AppProcess, url: string, logs: () => string): Promise<void> {
  let ended: Ended | undefined;
  void app.ended.then((end) => (ended = end));
  const status = await eventually(
    async () => {
      if (ended !== undefined) return 'ended';
      const response = await fetch(url);
      assert.equal(response.status, 200, `${app.name} is not ready`);
      return 'ready';
    },
    { timeoutMs: readyPatienceMs },
  ).catch((cause: unknown) => {
    throw new Error(`${app.name} does not get ready\n${logs()}`, { cause });
  });
  if (status !== 'ready') throw new Error(`${app.name} ended with ${String(ended?.code)}\n${logs()}`);
}

async function stopAll(processes: readonly AppProcess[]): Promise<readonly Stopped[]> {
  const ends: Stopped[] = [];
  for (const { name, stop } of processes) ends.push({ name, code: (await stop()).code });
  return ends;
}
