import type { Environment } from '@tally/runtime';
import { readGatewayConfig } from '../../../gateway/src/config.ts';
import { readNotificationsConfig } from '../../../subgraphs/notifications/src/config.ts';
import { readOrdersConfig } from '../../../subgraphs/orders/src/config.ts';
import { readPaymentsConfig } from '../../../subgraphs/payments/src/config.ts';
import { readProductsConfig } from '../../../subgraphs/products/src/config.ts';
import { readUsersConfig } from '../../../subgraphs/users/src/config.ts';
import { readConfig as readSimulatorConfig } from '../../payment-simulator/src/config.ts';

/** Reads an environment as an app does at its start. @throws {StartupError} as there. */
export type ReadSettings = (environment: Environment) => unknown;

/** The configuration reader of each app, by the name of its image. */
export const appReaders = {
  gateway: readGatewayConfig,
  products: readProductsConfig,
  orders: readOrdersConfig,
  payments: readPaymentsConfig,
  users: readUsersConfig,
  notifications: readNotificationsConfig,
  'payment-simulator': readSimulatorConfig,
} satisfies Readonly<Record<string, ReadSettings>>;
