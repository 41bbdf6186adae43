import { fileText, StartupError } from '@tally/runtime';
import { z } from 'zod';
import { kafkaMechanisms, type EventLogAddress, type KafkaAddress } from './event-log-address.ts';

/** Variables that say where the event log is; part of the schema of every app that reads or writes it. With `KAFKA_BROKERS` it is Kafka. */
export const eventLogSettings = {
  EVENT_LOG_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  KAFKA_BROKERS: z.string().transform(brokersOf).optional(),
  KAFKA_PREFIX: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'letters, digits, dots, dashes and underscores, 100 at most')
    .default(''),
  KAFKA_TLS: z.enum(['on', 'off']).default('off'),
  KAFKA_CA_FILE: z.string().optional(),
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
  KAFKA_MECHANISM: z.enum(kafkaMechanisms).default('scram-sha-512'),
};

type Given = z.infer<z.ZodObject<typeof eventLogSettings>>;

/**
 * What the variables mean; `null` when they name no log.
 *
 * @throws {StartupError} they contradict each other, or the certificate cannot be read.
 */
export function eventLogAddressOf(given: Given): EventLogAddress | null {
  if (given.KAFKA_BROKERS !== undefined) return kafkaAddressOf(given, given.KAFKA_BROKERS);
  return given.EVENT_LOG_DATABASE_URL === undefined ? null : { kind: 'postgres', databaseUrl: given.EVENT_LOG_DATABASE_URL };
}

function kafkaAddressOf(given: Given, brokers: readonly string[]): KafkaAddress {
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password, KAFKA_MECHANISM: mechanism, KAFKA_CA_FILE: caFile } = given;
  if ((username === undefined) !== (password === undefined)) {
    throw new StartupError(
      `configuration: ${username === undefined ? 'KAFKA_USERNAME' : 'KAFKA_PASSWORD'} is missing: Kafka takes both, or neither`,
    );
  }
  if (caFile !== undefined && given.KAFKA_TLS === 'off') {
    throw new StartupError('configuration: KAFKA_CA_FILE is set and KAFKA_TLS is off: switch it on, or leave the certificate out');
  }
  return {
    kind: 'kafka',
    brokers,
    prefix: given.KAFKA_PREFIX,
    tls: given.KAFKA_TLS === 'off' ? null : { ca: caFile === undefined ? null : fileText('KAFKA_CA_FILE', caFile) },
    credentials: username === undefined || password === undefined ? null : { mechanism, username, password },
  };
}

function brokersOf(text: string, problems: z.RefinementCtx): readonly string[] {
  const brokers = text.split(',').map((one) => one.trim());
  if (brokers.every(isHostAndPort)) return brokers;
  problems.addIssue({ code: 'custom', message: 'host:port, several separated by commas' });
  return z.NEVER;
}

const isHostAndPort = (text: string): boolean => {
  const [, port] = /^(?:[\w.-]+|\[[0-9a-f:]+\]):(\d{1,5})$/i.exec(text) ?? [];
  return port !== undefined && Number(port) > 0 && Number(port) <= 65_535;
};
