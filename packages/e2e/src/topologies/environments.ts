import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlatformConfig } from '@tally/embedded/app';
import type { AppName, ProcessName } from './app-names.ts';
import type { MigratedDatabase } from './topology.ts';

/** Files that hold the keys of a system. */
export interface KeyFiles {
  readonly gatewayJwks: string;
  readonly gatewayKey: string;
  readonly usersKey: string;
  readonly pepper: string;
}

/** Writes what processes read from files. */
export async function writeKeys(folder: string, keys: PlatformConfig['keys']): Promise<KeyFiles> {
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

/** What differs between systems. */
export interface SystemSettings extends Pick<PlatformConfig, 'keys' | 'limits' | 'smtpUrl'> {
  readonly ordersApart: boolean;
}

/** The environment of each process, besides address and log level. */
export function environmentsOf(
  { urls }: MigratedDatabase,
  apps: Readonly<Record<AppName, string>>,
  files: KeyFiles,
  { keys, limits, smtpUrl, ordersApart }: SystemSettings,
): Readonly<Record<ProcessName, Readonly<Record<string, string>>>> {
  const subgraph = { EVENT_LOG_DATABASE_URL: urls.event_log.app, GATEWAY_JWKS_FILE: files.gatewayJwks };
  const orders = { ...subgraph, ORDERS_DATABASE_URL: urls.orders.app };
  return {
    'payment-simulator': { SIMULATOR_DATABASE_URL: urls.simulator.app, SIMULATOR_WEBHOOK_SECRET: keys.webhookSecret },
    users: { ...subgraph, USERS_DATABASE_URL: urls.users.app, USERS_SIGNING_KEY_FILE: files.usersKey, USERS_PEPPER_FILE: files.pepper },
    products: { ...subgraph, PRODUCTS_DATABASE_URL: urls.products.app },
    payments: { ...subgraph, PAYMENTS_DATABASE_URL: urls.payments.app, PAYMENT_SIMULATOR_URL: apps['payment-simulator'] },
    orders: { ...orders, ...(ordersApart ? { ROLES: 'api' } : {}) },
    'orders-worker': { ...orders, ROLES: 'worker' },
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
