import type { Environment } from '@tally/runtime';
import { readSubgraphConfig, type SubgraphConfig } from '@tally/subgraph-kit';
import { z } from 'zod';

/** How payments deals with its provider and with what it left unfinished. Times in milliseconds. */
export interface WorkConfig {
  /** Calls at once; enquiries have a quarter of that for themselves. */
  readonly concurrency: number;
  /** From connecting to the last byte of an answer. */
  readonly requestTimeoutMs: number;
  /** Exchanges in a row without an answer that open the breaker. */
  readonly breakAfter: number;
  /** How long the breaker stays open before it lets one exchange try. */
  readonly halfOpenMs: number;
  /** In database time; renewed at a third. */
  readonly leaseMs: number;
  /** How often a worker looks without being woken. */
  readonly pollMs: number;
  /** Between calls that certainly were not made; the last goes on for ever. */
  readonly retryMs: readonly number[];
  /** Between enquiries of one doubt; the last goes on for ever. */
  readonly enquiryMs: readonly number[];
  /** Between enquiries while the provider waits for the buyer. */
  readonly buyerMs: number;
  /** How long a call may be on its way: "not found" counts after it. At least twice `requestTimeoutMs`. */
  readonly settleMs: number;
  /** After that long a capture or refund that was certainly not made is given up. */
  readonly giveUpMs: number;
}

export interface PaymentsConfig extends SubgraphConfig {
  /** Origin of the payment simulator. */
  readonly simulatorUrl: string;
  readonly work: WorkConfig;
  /** No other process works on this database: what a killed one held is taken over at the start, without waiting for its lease. */
  readonly soleWorker: boolean;
}

/** What production runs with; pauses of docs/reliability.md, saga. */
export const standardWork: WorkConfig = {
  concurrency: 16,
  requestTimeoutMs: 5_000,
  breakAfter: 5,
  halfOpenMs: 5_000,
  leaseMs: 30_000,
  pollMs: 1_000,
  retryMs: [250, 1_000, 2_000, 5_000, 10_000, 30_000],
  enquiryMs: [2_000, 10_000, 30_000, 120_000, 600_000, 3_600_000],
  buyerMs: 3_000,
  settleMs: 10_000,
  giveUpMs: 86_400_000,
};

/** @throws {StartupError} names every setting that is missing or wrong. */
export function readPaymentsConfig(environment: Environment): PaymentsConfig {
  const { base, own } = readSubgraphConfig('payments', { port: 4003, metricsPort: 9403 }, environment, {
    PAYMENT_SIMULATOR_URL: z.url({ protocol: /^https?$/ }),
    PAYMENT_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(standardWork.concurrency),
    PAYMENT_TIMEOUT_MS: z.coerce.number().int().min(100).max(10_000).default(standardWork.requestTimeoutMs),
  });
  const requestTimeoutMs = own.PAYMENT_TIMEOUT_MS;
  return {
    ...base,
    simulatorUrl: own.PAYMENT_SIMULATOR_URL,
    work: { ...standardWork, concurrency: own.PAYMENT_CONCURRENCY, requestTimeoutMs, settleMs: 2 * requestTimeoutMs },
    soleWorker: false,
  };
}
