import type { Environment } from '@tally/runtime';
import { readSubgraphConfig, type SubgraphConfig } from '@tally/subgraph-kit';
import { z } from 'zod';

export interface OrdersConfig extends SubgraphConfig {
  /** The one currency of the shop, ISO 4217. */
  readonly currency: string;
  /** How long a step of the saga waits for its answer before it is given up, in milliseconds of database time. */
  readonly deadlines: { readonly reserveMs: number; readonly authoriseMs: number; readonly completeMs: number };
  /** How often sagas are swept, in milliseconds. */
  readonly sweepEveryMs: number;
}

/** What orders has besides the settings of every subgraph, with the standard of each. */
export const ordersStandards: Pick<OrdersConfig, 'currency' | 'deadlines' | 'sweepEveryMs'> = {
  currency: 'EUR',
  deadlines: { reserveMs: 15 * 60_000, authoriseMs: 30 * 60_000, completeMs: 24 * 3_600_000 },
  sweepEveryMs: 5_000,
};

const seconds = (standardMs: number) =>
  z.coerce
    .number()
    .positive()
    .max(7 * 86_400)
    .default(standardMs / 1000);

/** @throws {StartupError} names every setting that is missing or wrong. */
export function readOrdersConfig(environment: Environment): OrdersConfig {
  const { deadlines } = ordersStandards;
  const { base, own } = readSubgraphConfig('orders', { port: 4002, metricsPort: 9402 }, environment, {
    SHOP_CURRENCY: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default(ordersStandards.currency),
    RESERVE_DEADLINE_SECONDS: seconds(deadlines.reserveMs),
    AUTHORISE_DEADLINE_SECONDS: seconds(deadlines.authoriseMs),
    COMPLETE_DEADLINE_SECONDS: seconds(deadlines.completeMs),
    SWEEP_SECONDS: seconds(ordersStandards.sweepEveryMs),
  });
  const ms = (value: number): number => Math.round(value * 1000);
  return {
    ...base,
    currency: own.SHOP_CURRENCY,
    deadlines: {
      reserveMs: ms(own.RESERVE_DEADLINE_SECONDS),
      authoriseMs: ms(own.AUTHORISE_DEADLINE_SECONDS),
      completeMs: ms(own.COMPLETE_DEADLINE_SECONDS),
    },
    sweepEveryMs: ms(own.SWEEP_SECONDS),
  };
}
