import { redisAddressOf, redisSettings, type RedisAddress } from '@tally/redis';
import type { Environment } from '@tally/runtime';
import { readSubgraphConfig, type SubgraphConfig } from '@tally/subgraph-kit';
import { z } from 'zod';

export interface ProductsConfig extends SubgraphConfig {
  /** Rows of the catalogue that a process with the role `api` keeps in memory; 0: none are kept, on Redis neither. */
  readonly hotReadsMax: number;
  /** Where they are kept instead, for all processes together; `null`: in memory. */
  readonly redis: RedisAddress | null;
}

/** @throws {StartupError} names every setting that is missing or wrong. */
export function readProductsConfig(environment: Environment): ProductsConfig {
  const { base, own } = readSubgraphConfig('products', { port: 4001, metricsPort: 9401 }, environment, {
    ...redisSettings,
    HOT_READS_MAX: z.coerce.number().int().min(0).max(1_000_000).default(10_000),
  });
  return { ...base, hotReadsMax: own.HOT_READS_MAX, redis: redisAddressOf(own) };
}
