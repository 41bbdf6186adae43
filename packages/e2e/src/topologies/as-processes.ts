import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformConfig } from '@tally/embedded/app';
import { eventually } from '@tally/testkit';
import { freePort, runMain, type AppProcess, type Ended, type MainFile } from './app-process.ts';
import { freshKeys } from './keys.ts';
import type { MigratedDatabase, Topology } from './topology.ts';

export const appNames = ['payment-simulator', 'users', 'products', 'payments', 'orders', 'notifications', 'gateway'] as const;

export type AppName = (typeof appNames)[number];

/** Each app its own process, HTTP between them. */
export interface AsProcesses extends Topology {
  /** Origin of each app. */
  readonly apps: Readonly<Record<AppName, string>>;
  /** Stops all by SIGTERM, those that others need last; the exit codes in that order. Disposal then has nothing left to do. */
  readonly stop: () => Promise<readonly { readonly name: string; readonly code: number | null }[]>;
}

export interface AsProcessesOptions {
  readonly keys?: PlatformConfig['keys'];
  /** Default `default`, what production runs with. */
  readonly limits?: PlatformConfig['limits'];
  /** Default: mails are kept. */
  readonly smtpUrl?: PlatformConfig['smtpUrl'];
}

const mains: Readonly<Record<AppName, MainFile>> = {
  'payment-simulator': 'packages/payment-simulator/src/main.ts',
  users: 'subgraphs/users/src/main.ts',
  products: 'subgraphs/products/src/main.ts',
  payments: 'subgraphs/payments/src/main.ts',
  orders: 'subgraphs/orders/src/main.ts',
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
  const { keys = await freshKeys(), limits = 'default', smtpUrl = null } = options;
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tally-e2e-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const files = await writeKeys(folder, keys);
  const ports = Object.fromEntries(await Promise.all(appNames.map(async (name) => [name, await freePort()] as const))) as Record<
    AppName,
    number
  >;
  const apps = Object.fromEntries(appNames.map((name) => [name, `http://127.0.0.1:${String(ports[name])}`])) as Record<AppName, string>;
  const environments = environmentsOf(database, apps, files, { keys, limits, smtpUrl });

  const processes = appNames.map((name) =>
    runMain(name, mains[name], {
      HOST: '127.0.0.1',
      PORT: String(ports[name]),
      METRICS_PORT: '0',
      LOG_LEVEL: 'info',
      ...environments[name],
    }),
  );
  const logs = (): string => processes.map(({ name, output }) => `--- ${name}\n${output()}`).join('\n');
  stack.defer(() => {
    for (const { kill } of processes) kill();
  });
  await Promise.all(processes.map((app, index) => untilReady(app, apps[appNames[index] ?? 'gateway'], logs)));

  let stopped: Promise<readonly { readonly name: string; readonly code: number | null }[]> | undefined;
  const stop = () => (stopped ??= stopAll(processes));
  const owned = stack.move();
  return {
    urls: { gateway: apps.gateway, simulator: apps['payment-simulator'] },
    apps,
    keys,
    logs,
    stop,
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

interface KeyFiles {
  readonly gatewayJwks: string;
  readonly gatewayKey: string;
  readonly usersKey: string;
  readonly pepper: string;
}

async function writeKeys(folder: string, keys: PlatformConfig['keys']): Promise<KeyFiles> {
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  return {
    gatewayJwks: await write('gateway-jwks.json', JSON.stringify({ keys: [keys.gateway.publicJwk] })),
    gatewayKey: await write('gateway.json', JSON.stringify(keys.gateway)),
    usersKey: await write('users.json', JSON.stringify(keys.users)),
    pepper: await write('pepper', keys.pepper),
  };
}

function environmentsOf(
  { urls }: MigratedDatabase,
  apps: Readonly<Record<AppName, string>>,
  files: KeyFiles,
  { keys, limits, smtpUrl }: Required<AsProcessesOptions>,
): Readonly<Record<AppName, Readonly<Record<string, string>>>> {
  const subgraph = { EVENT_LOG_DATABASE_URL: urls.event_log.app, GATEWAY_JWKS_FILE: files.gatewayJwks };
  return {
    'payment-simulator': { SIMULATOR_DATABASE_URL: urls.simulator.app, SIMULATOR_WEBHOOK_SECRET: keys.webhookSecret },
    users: { ...subgraph, USERS_DATABASE_URL: urls.users.app, USERS_SIGNING_KEY_FILE: files.usersKey, USERS_PEPPER_FILE: files.pepper },
    products: { ...subgraph, PRODUCTS_DATABASE_URL: urls.products.app },
    payments: { ...subgraph, PAYMENTS_DATABASE_URL: urls.payments.app, PAYMENT_SIMULATOR_URL: apps['payment-simulator'] },
    orders: { ...subgraph, ORDERS_DATABASE_URL: urls.orders.app },
    notifications: {
      ...subgraph,
      NOTIFICATIONS_DATABASE_URL: urls.notifications.app,
      ...(smtpUrl === null ? {} : { SMTP_URL: smtpUrl }),
    },
    gateway: {
      GATEWAY_SIGNING_KEY_FILE: files.gatewayKey,
      USERS_JWKS_URL: `${apps.users}/.well-known/jwks.json`,
      LIMITS_PROFILE: limits,
      EVENT_LOG_DATABASE_URL: urls.event_log.app,
      ...Object.fromEntries(
        (['users', 'products', 'payments', 'orders', 'notifications'] as const).map((name) => [
          `SUBGRAPH_URL_${name.toUpperCase()}`,
          `${apps[name]}/graphql`,
        ]),
      ),
    },
  };
}

async function untilReady(app: AppProcess, url: string, logs: () => string): Promise<void> {
  // The simulator is somebody else's house: it has no health page, and is ready when its ledger can be read.
  const path = app.name === 'payment-simulator' ? '/admin/ledger?order=nobody' : '/health/ready';
  let ended: Ended | undefined;
  void app.ended.then((end) => (ended = end));
  const status = await eventually(
    async () => {
      if (ended !== undefined) return 'ended';
      const response = await fetch(`${url}${path}`);
      assert.equal(response.status, 200, `${app.name} is not ready`);
      return 'ready';
    },
    { timeoutMs: readyPatienceMs },
  ).catch((cause: unknown) => {
    throw new Error(`${app.name} does not get ready\n${logs()}`, { cause });
  });
  if (status !== 'ready') throw new Error(`${app.name} ended with ${String(ended?.code)}\n${logs()}`);
}

/** First the one that clients ask, last what the others need. */
async function stopAll(processes: readonly AppProcess[]): Promise<readonly { readonly name: string; readonly code: number | null }[]> {
  const ends: { readonly name: string; readonly code: number | null }[] = [];
  for (const { name, stop } of processes.toReversed()) ends.push({ name, code: (await stop()).code });
  return ends;
}
