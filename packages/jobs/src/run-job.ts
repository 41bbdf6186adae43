import { accountsOf, type ProviderAccount } from '@tally/audit';
import { openPool, sqlOnPg, type Sql } from '@tally/messaging';
import { StartupError } from '@tally/runtime';
import { cleanOutbox } from './clean-outbox.ts';
import { expireCarts } from './expire-carts.ts';
import type { Database, Job, Surroundings } from './job.ts';
import { reconcileOrders } from './reconcile-orders.ts';
import { runPart, type PartReport } from './run-part.ts';
import { syncInventory } from './sync-inventory.ts';

/** All jobs, in the order of the help text. */
export const jobs: readonly Job[] = [reconcileOrders, syncInventory, expireCarts, cleanOutbox];

export interface RunJobOptions {
  readonly job: Job;
  /** As each subgraph's app role. Parts whose database is missing are left out. */
  readonly urls: Readonly<Partial<Record<Database, string>>>;
  /** The payment simulator, for the provider's own books; `null`: nobody has them. */
  readonly simulatorUrl: string | null;
  /** How far back reconciliation looks, in milliseconds. */
  readonly windowMs: number;
  /** Only look. */
  readonly dryRun: boolean;
}

/** What a job came to. */
export interface JobReport {
  readonly job: Job['name'];
  readonly dryRun: boolean;
  readonly parts: readonly (PartReport & { readonly database: Database })[];
  /** Parts without a database to run on, as `database/part`. */
  readonly leftOut: readonly string[];
}

/**
 * Runs a job to its end, part by part. May run on several machines at once: each part is one's alone.
 *
 * @throws {StartupError} no database of the job was given. Else what a part throws; parts before it are done, and a new run goes on.
 */
export async function runJob({ job, urls, simulatorUrl, windowMs, dryRun }: RunJobOptions): Promise<JobReport> {
  await using stack = new AsyncDisposableStack();
  const pools = new Map<Database, ReturnType<typeof openPool>>();
  for (const [database, url] of Object.entries(urls) as [Database, string][]) {
    pools.set(
      database,
      stack.adopt(openPool(url, `job ${job.name}`, 2), (pool) => pool.end()),
    );
  }
  const elsewhere = (database: Database): Sql | null => {
    const pool = pools.get(database);
    return pool === undefined ? null : sqlOnPg(pool);
  };
  const around: Surroundings = { elsewhere, provider: simulatorUrl === null ? null : booksOf(simulatorUrl), windowMs, dryRun };
  const parts: JobReport['parts'][number][] = [];
  const leftOut: string[] = [];
  for (const part of job.parts) {
    const pool = pools.get(part.database);
    if (pool === undefined) leftOut.push(`${part.database}/${part.name}`);
    else parts.push({ ...(await runPart(job, part, pool, around)), database: part.database });
  }
  if (parts.length === 0) {
    const needed = [...new Set(job.parts.map(({ database }) => `${database.toUpperCase()}_DATABASE_URL`))];
    throw new StartupError(`${job.name} has no database to run on: set ${needed.join(', ')}.`);
  }
  return { job: job.name, dryRun, parts, leftOut };
}

/** Calls to the provider at once. */
const askedAtOnce = 8;

/** The provider's ledger per order, a few calls at a time. */
function booksOf(simulatorUrl: string): NonNullable<Surroundings['provider']> {
  // Loaded where it is asked: an image without a simulator to ask does not have it.
  const opened = import('@tally/payment-simulator').then(({ createSimulatorAdmin }) =>
    createSimulatorAdmin(simulatorUrl.replace(/\/$/, '')),
  );
  return async (orders) => {
    const admin = await opened;
    const accounts = new Map<string, ProviderAccount>();
    for (let at = 0; at < orders.length; at += askedAtOnce) {
      const some = await Promise.all(orders.slice(at, at + askedAtOnce).map((order) => admin.ledger(order)));
      for (const [order, account] of accountsOf(some.flat())) accounts.set(order, account);
    }
    return accounts;
  };
}

/** Whether somebody has to look: a difference was found. */
export const hasFindings = ({ parts }: JobReport): boolean => parts.some(({ findings }) => findings.length > 0);

/** The report for a terminal. */
export function toLines({ job, dryRun, parts, leftOut }: JobReport): readonly string[] {
  return [
    `${job}${dryRun ? ' (dry run: nothing was changed)' : ''}`,
    ...parts.flatMap(({ part, outcome, counts, findings }) => [
      `  ${part.padEnd(26)} ${outcome === 'BUSY' ? 'another process runs it' : said(counts)}`,
      ...findings.map((finding) => `    ${finding}`),
    ]),
    ...leftOut.map((part) => `  ${part.padEnd(26)} left out: its database was not given`),
  ];
}

const said = (counts: PartReport['counts']): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(', ');
