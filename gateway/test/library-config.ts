import type { GatewayConfig } from '../src/config.ts';

/** What every gateway of these tests is told, whatever its graph. */
export const libraryConfig: Omit<GatewayConfig, 'supergraph' | 'identity'> = {
  host: '127.0.0.1',
  port: 0,
  metricsPort: null,
  production: false,
  logLevel: 'info',
  limits: 'default',
  rateLimits: null,
  redis: null,
  replicas: 1,
  trustedProxies: 0,
  introspectionScope: 'schema:introspect',
  explorer: false,
  eventLog: null,
  sessions: null,
  allowedOrigins: [],
  pages: [],
  landing: { title: 'Library', version: '1.2.3', links: [], demoAccounts: [] },
  operationNames: [],
  requestDeadlineMs: 5_000,
  drainMs: 5_000,
};
