import { eventLogAddressOf, eventLogSettings, type KafkaAddress } from '@tally/messaging';
import { readEnvironment, type Environment } from '@tally/runtime';
import { z } from 'zod';
import { readEmbeddedConfig } from '../config.ts';
import { databaseUrls } from '../database/roles.ts';
import { openSecrets } from '../database/secrets.ts';
import { runningPostgres } from '../postgres/open-embedded-postgres.ts';

/** Where the provider's own books are: behind the simulator, in a file, or nowhere. */
export type LedgerSource =
  { readonly kind: 'SIMULATOR'; readonly url: string } | { readonly kind: 'FILE'; readonly path: string } | { readonly kind: 'NONE' };

/** The system to be audited. */
export interface AuditedPlace {
  readonly auditorUrl: string;
  readonly ledger: LedgerSource;
  /** `null`: the log is in the database. */
  readonly kafka: KafkaAddress | null;
}

export interface AuditSettings {
  /** Milliseconds. */
  readonly graceMs: number;
  readonly json: boolean;
  /** @throws {StartupError} nothing runs there, or a setting is wrong. */
  place(environment: Environment): Promise<AuditedPlace>;
}

export const auditUsage = `usage: npm run audit -- [--grace <seconds>] [--ledger <file>] [--json]

Checks the invariants of docs/reliability.md on a system that runs, and changes nothing. Without settings: the system of npm start, by its data folder.

  --grace   what has changed within so many seconds is not held against it; 60
  --ledger  the provider's books as JSON: [{ "operation", "order", "authorisation", "amount", "outcome" }]
  --json    one line for programs

AUDITOR_DATABASE_URL   the database of another system, as role auditor
PAYMENT_SIMULATOR_URL  its payment simulator, asked for its ledger
KAFKA_BROKERS, ...     where its event log is, if it is not in the database

Exit code 0: everything that was looked at holds. 1: something does not. 2: misused.
`;

const deployed = z.object({
  ...eventLogSettings,
  AUDITOR_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  PAYMENT_SIMULATOR_URL: z.url({ protocol: /^https?$/ }).optional(),
});

/** @throws {Error} an argument that cannot be read. */
export function readAuditSettings(given: {
  readonly grace: string;
  readonly ledger?: string | undefined;
  readonly json: boolean;
}): AuditSettings {
  const seconds = Number(given.grace);
  if (!/^\d+(\.\d+)?$/.test(given.grace) || seconds > 86_400) throw new Error('--grace is a number of seconds, at most a day');
  const { json, ledger: file } = given;
  return { graceMs: Math.round(seconds * 1_000), json, place: (environment) => findPlace(environment, file) };
}

async function findPlace(environment: Environment, file: string | undefined): Promise<AuditedPlace> {
  const settings = readEnvironment(deployed, environment);
  const ledgerOf = (url: string | undefined): LedgerSource => {
    if (file !== undefined) return { kind: 'FILE', path: file };
    return url === undefined ? { kind: 'NONE' } : { kind: 'SIMULATOR', url: url.replace(/\/$/, '') };
  };
  const log = eventLogAddressOf(settings);
  const kafka = log?.kind === 'kafka' ? log : null;
  const { AUDITOR_DATABASE_URL: auditorUrl, PAYMENT_SIMULATOR_URL: simulatorUrl } = settings;
  if (auditorUrl !== undefined) return { auditorUrl, kafka, ledger: ledgerOf(simulatorUrl) };
  const { dataDir, databaseUrl, simulatorPort } = readEmbeddedConfig(environment);
  const { passwords } = await openSecrets(dataDir);
  const { auditor } = databaseUrls(databaseUrl ?? (await runningPostgres(dataDir)), passwords);
  return { auditorUrl: auditor, kafka, ledger: ledgerOf(simulatorUrl ?? `http://127.0.0.1:${String(simulatorPort)}`) };
}
