import { resolve } from 'node:path';
import { eventLogAddressOf, eventLogSettings, type KafkaAddress } from '@tally/messaging';
import { redisAddressOf, redisSettings, type RedisAddress } from '@tally/redis';
import { portNumber, readEnvironment, type Environment } from '@tally/runtime';
import { z } from 'zod';

/** Settings of the whole platform in one process. */
export interface EmbeddedConfig {
  /** Where PostgreSQL, keys and passwords live. */
  readonly dataDir: string;
  /** Administrator of a PostgreSQL of your own, 15 or later; `null`: an embedded one is started. */
  readonly databaseUrl: string | null;
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  readonly metricsPort: number;
  readonly simulatorPort: number;
  readonly limits: 'default' | 'load' | 'off';
  /** Production refuses to migrate by itself, to seed, and to introspect. */
  readonly production: boolean;
  readonly otlpEndpoint: string | null;
  /** `null`: the log is in the database. */
  readonly kafka: KafkaAddress | null;
  readonly hotReadsMax: number;
  /** `null`: catalogue rows and rate limits are kept in the process. */
  readonly redis: RedisAddress | null;
  /** Mail server as `smtp://user:password@host:port`; `null`: mails are kept, and read through the graph. */
  readonly smtpUrl: string | null;
}

// Without Kafka the log is in the same database as everything else, which has its own URL.
const { EVENT_LOG_DATABASE_URL: _, ...kafkaSettings } = eventLogSettings;

const schema = z.object({
  ...kafkaSettings,
  ...redisSettings,
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a URL such as postgresql://user:password@host:5432/postgres' }).optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: portNumber(4000),
  METRICS_PORT: portNumber(9400),
  SIMULATOR_PORT: portNumber(4010),
  LIMITS_PROFILE: z.enum(['default', 'load', 'off']).default('default'),
  NODE_ENV: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  HOT_READS_MAX: z.coerce.number().int().min(0).default(10_000),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
});

/** @throws {StartupError} names every setting that is wrong. */
export function readEmbeddedConfig(environment: Environment): EmbeddedConfig {
  const read = readEnvironment(schema, environment);
  const log = eventLogAddressOf({ ...read, EVENT_LOG_DATABASE_URL: undefined });
  return {
    dataDir: resolve(read.DATA_DIR),
    databaseUrl: read.DATABASE_URL ?? null,
    host: read.HOST,
    port: read.PORT,
    metricsPort: read.METRICS_PORT,
    simulatorPort: read.SIMULATOR_PORT,
    limits: read.LIMITS_PROFILE,
    production: read.NODE_ENV === 'production',
    otlpEndpoint: read.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    kafka: log?.kind === 'kafka' ? log : null,
    hotReadsMax: read.HOT_READS_MAX,
    redis: redisAddressOf(read),
    smtpUrl: read.SMTP_URL ?? null,
  };
}
