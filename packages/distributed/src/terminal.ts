import { firstSteps, type Account, type EmbeddedConfig } from '@tally/embedded';
import type { PlacedProcess } from './start-distributed.ts';
import { howItEnded, type Stopped } from './supervisor.ts';

type Parts = Pick<EmbeddedConfig, 'dataDir' | 'databaseUrl' | 'kafka' | 'redis' | 'smtpUrl'>;

/** A line for each real part that was not named, and what stands in for it. */
export function standIns({ dataDir, databaseUrl, kafka, redis, smtpUrl }: Parts, gateways: number): readonly string[] {
  return [
    ...(databaseUrl === null ? [`no DATABASE_URL: PostgreSQL is embedded, in ${dataDir}`] : []),
    ...(kafka === null ? ['no KAFKA_BROKERS: the event log is PostgreSQL'] : []),
    ...(redis === null
      ? [`no REDIS_URL: each process keeps hot reads for itself${gateways > 1 ? ', and each gateway its share of the rate limits' : ''}`]
      : []),
    ...(smtpUrl === null ? ['no SMTP_URL: mails are kept, and read through the graph'] : []),
  ];
}

/** What somebody needs once all are up. The first line is what scripts wait for. */
export function readyText(
  processes: readonly (PlacedProcess & { readonly pid: number | undefined })[],
  facts: { readonly ms: number; readonly accounts: readonly Account[]; readonly tracker: boolean },
): string {
  const gateways = processes.filter(({ app }) => app === 'gateway');
  const url = gateways[0]?.url ?? '';
  const width = (of: (process: PlacedProcess) => string): number => Math.max(...processes.map((process) => of(process).length));
  const [names, urls] = [width(({ name }) => name), width((process) => process.url)];
  const lines = [
    `ready  ${url}/graphql  (${seconds(facts.ms)})`,
    '',
    ...processes.map(({ name, url: at, metricsUrl, pid }) => {
      const where = `${name.padEnd(names)}  ${at.padEnd(urls)}  pid ${String(pid).padEnd(8)}`;
      return `  ${where} ${metricsUrl === null ? '' : `metrics ${metricsUrl}`}`.trimEnd();
    }),
    '',
    ...(gateways.length > 1 ? ['  each gateway has a port of its own, and nothing in front: ask any', ''] : []),
    `  start page  ${url}/`,
    ...(facts.tracker ? [`  tracker     ${url}/tracker/   buy something, and watch it move`] : []),
    `  sandbox     ${url}/graphql    in a browser, needs the internet`,
    `  explorer    ${url}/explorer/  works offline`,
    '',
    ...firstSteps(url, facts.accounts),
  ];
  return `${lines.join('\n')}\n`;
}

/** How a process ended that was asked to, and how long it took. */
export function stoppedText({ name, drainMs, ...exit }: Stopped): string {
  return `${name} ${exit.code === 0 ? 'stopped' : howItEnded(exit)} (${seconds(drainMs)})`;
}

/** A duration in seconds, to a tenth. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
