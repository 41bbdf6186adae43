import { portNumber, readEnvironment } from '@tally/runtime';
import { z } from 'zod';
import type { PaymentSimulatorConfig } from './app.ts';

const schema = z.object({
  SIMULATOR_DATABASE_URL: z.string(),
  PORT: portNumber(4010),
  HOST: z.string().default('127.0.0.1'),
  LATENCY_MS: z.coerce.number().int().min(0).max(60_000).default(50),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  SIMULATOR_WEBHOOK_SECRET: z.string().optional(),
});

/** @throws {StartupError} names every variable that is missing or wrong, in one line. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): PaymentSimulatorConfig {
  const given = readEnvironment(schema, environment);
  return Object.freeze({
    databaseUrl: given.SIMULATOR_DATABASE_URL,
    port: given.PORT,
    host: given.HOST,
    latencyMs: given.LATENCY_MS,
    publicUrl: given.PUBLIC_URL?.replace(/\/$/, ''),
    webhookSecret: given.SIMULATOR_WEBHOOK_SECRET,
  });
}
