import { databases, jobs, type RunJobOptions } from '@tally/jobs';
import { readEnvironment, type Environment } from '@tally/runtime';
import { z } from 'zod';
import { readEmbeddedConfig } from '../config.ts';
import { databaseUrls } from '../database/roles.ts';
import { openSecrets } from '../database/secrets.ts';

export const jobUsage = `usage: npm run job -- <name> [--dry-run] [--json] [--window <hours>]

${jobs.map(({ name, does }) => `  ${name.padEnd(18)} ${does}`).join('\n')}

  --dry-run  look and count, change nothing
  --json     one line for programs
  --window   how far back reconcile-orders compares; 24

Without settings: on the system of npm start, by its data folder. Else on the databases that are given, each as its subgraph's app role:
${databases.map((name) => `${name.toUpperCase()}_DATABASE_URL`).join(', ')}
PAYMENT_SIMULATOR_URL  for the provider's own books

Exit code 0: done. 1: differences were found, or it failed. 2: misused. 3: another process runs it. It may be repeated at any time.
`;

const url = z.url({ protocol: /^postgres(ql)?$/ }).optional();
const deployed = z.object({
  PRODUCTS_DATABASE_URL: url,
  ORDERS_DATABASE_URL: url,
  PAYMENTS_DATABASE_URL: url,
  USERS_DATABASE_URL: url,
  NOTIFICATIONS_DATABASE_URL: url,
  PAYMENT_SIMULATOR_URL: z.url({ protocol: /^https?$/ }).optional(),
});

/** Hours in milliseconds. @throws {Error} it is no number of hours, or more than a year. */
export function readWindow(hours: string): number {
  if (!/^\d+(\.\d+)?$/.test(hours) || Number(hours) > 8_784) throw new Error('--window is a number of hours, at most a year');
  return Number(hours) * 3_600_000;
}

/** The databases that the environment names, and the simulator. @throws {StartupError} a setting is wrong. */
export function readGivenPlace(environment: Environment): Pick<RunJobOptions, 'urls' | 'simulatorUrl'> {
  const settings = readEnvironment(deployed, environment);
  const given = databases.flatMap((name) => {
    const found = settings[`${name.toUpperCase() as Uppercase<typeof name>}_DATABASE_URL`];
    return found === undefined ? [] : [[name, found] as const];
  });
  return { urls: Object.fromEntries(given), simulatorUrl: settings.PAYMENT_SIMULATOR_URL ?? null };
}

/** The databases of the environment, else those of the embedded system that runs on the data folder. @throws {StartupError} neither is there. */
export async function findJobPlace(environment: Environment): Promise<Pick<RunJobOptions, 'urls' | 'simulatorUrl'>> {
  const given = readGivenPlace(environment);
  if (Object.keys(given.urls).length > 0) return given;
  const { dataDir, databaseUrl, simulatorPort } = readEmbeddedConfig(environment);
  const { passwords } = await openSecrets(dataDir);
  // Not there where jobs ship: their image has no PostgreSQL.
  const { runningPostgres } = await import('../postgres/open-embedded-postgres.ts');
  const urls = databaseUrls(databaseUrl ?? (await runningPostgres(dataDir)), passwords);
  return {
    urls: Object.fromEntries(databases.map((name) => [name, urls[name].app])),
    simulatorUrl: given.simulatorUrl ?? `http://127.0.0.1:${String(simulatorPort)}`,
  };
}
