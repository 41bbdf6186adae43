import type { ProcessSpec } from './system.ts';

/**
 * Connections to PostgreSQL that these processes may make. A subgraph's pool has 10, its log, relay, consumers and wake-ups up to 20 more; gateway and
 * simulator take 10. And 30 for migrations, people and audits.
 */
export const connectionsOf = (processes: readonly ProcessSpec[]): number =>
  processes.reduce((sum, { app }) => sum + (app === 'gateway' || app === 'payment-simulator' ? 10 : 30), 30);
