import type { Environment } from '@tally/runtime';
import { readSubgraphConfig, type SubgraphConfig } from '@tally/subgraph-kit';

export type ProductsConfig = SubgraphConfig;

/** @throws {StartupError} names every setting that is missing or wrong. */
export const readProductsConfig = (environment: Environment): ProductsConfig =>
  readSubgraphConfig('products', { port: 4001, metricsPort: 9401 }, environment, {}).base;
