import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generateSigningKey } from '@tally/identity';
import { afterAll, expect, test } from 'vitest';
import { readBootstrapSettings, readOwnerUrls, readSeedSettings } from '../../../../../embedded/src/database/database-settings.ts';
import { jobs } from '../../../../../jobs/src/index.ts';
import { readGivenPlace } from '../../../../../embedded/src/job/settings.ts';
import { SCHEMAS, type SchemaName } from '../../../../../embedded/src/database/roles.ts';
import { appReaders, type ReadSettings } from '../../../../test/app-readers.ts';
import { inRoot, subgraphNames } from '../../../repository.ts';
import { describePolicies } from '../broken.ts';
import { kubectlFound, overlay, renderTimeoutMs } from '../kubectl.ts';
import { appOf, containersOf, secretFilesOf, workloadsOf, type Workload } from '../workloads.ts';
import { settingPolicies, type Program } from './settings.ts';

/** What a Job's command reads; `null`: no such program, or no such schema. */
function commandOf([program, script = '', schema = '']: readonly string[]): ReadSettings | null {
  if (program !== 'node' || !existsSync(inRoot(script))) return null;
  if (script.endsWith('/db-bootstrap.ts')) return readBootstrapSettings;
  if (script.endsWith('/db-seed.ts')) return readSeedSettings;
  if (script.endsWith('/job.ts')) return jobs.some(({ name }) => name === schema) ? readGivenPlace : null;
  const known = SCHEMAS.find((name) => name === schema);
  return script.endsWith('/db-migrate.ts') && known !== undefined ? (environment) => readOwnerUrls(environment, [known]) : null;
}

// The files that Secrets hold, by the names that `npm run secrets` and k8s/README.md give their keys.
const folder = mkdtempSync(join(tmpdir(), 'tally-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const key = await generateSigningKey();
const CONTENTS: Readonly<Record<string, string>> = {
  'signing-key.json': JSON.stringify(key),
  'gateway-jwks.json': JSON.stringify({ keys: [key.publicJwk] }),
  pepper: 'a pepper of thirty-two characters',
  password: 'a password',
  secret: 'a secret',
  'ca.crt': 'a certificate',
};
const URLS: Readonly<Record<string, string>> = {
  redis: 'rediss://:password@redis.example:6379',
  smtp: 'smtps://user:password@smtp.example:465',
};
const contentOf = (secret: string, name: string): string =>
  name === 'url' ? (URLS[secret] ?? `postgresql://${secret}:password@postgres:5432/tally`) : (CONTENTS[name] ?? '');

/** The environment of a pod, its files in a folder of this test. */
function atHome(workload: Workload, environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const home = join(folder, workload.name);
  for (const { path, secret, key: name } of secretFilesOf(workload)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), `${contentOf(secret, name)}\n`);
  }
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.startsWith('/etc/tally/') ? join(home, value) : value]),
  );
}

// Asked by runApp; and of the gateway one per subgraph, whose name is in the variable.
const BESIDES = ['NODE_ENV', 'LOG_LEVEL'];
const SUBGRAPH_URLS = subgraphNames().map((name) => `SUBGRAPH_URL_${name.toUpperCase()}`);

/** Names that a program asks its environment for. */
function askedBy(read: ReadSettings): ReadonlySet<string> {
  const names = new Set<string>();
  const environment = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get(_, name) {
        if (typeof name === 'string') names.add(name);
        return undefined;
      },
    },
  );
  complaintOf(() => read(environment));
  return names;
}

function complaintOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function programOf(workload: Workload): Program | null {
  const [container] = containersOf(workload);
  const app = appOf(container?.image) ?? '';
  const read = app === 'migrate' ? commandOf(container?.command ?? []) : (appReaders as Readonly<Record<string, ReadSettings>>)[app];
  if (read === undefined || read === null) return null;
  const complaintAbout = (environment: Readonly<Record<string, string>>) => complaintOf(() => read(atHome(workload, environment)));
  // Most commands copy their environment, so that nobody sees what they ask for; those have nothing that they can do without.
  const isJob = container?.command?.[1]?.endsWith('/job.ts') ?? false;
  if (app === 'migrate' && !isJob) {
    return { complaintAbout, reads: (name, { [name]: _, ...others }) => name === 'NODE_ENV' || complaintAbout(others) !== null };
  }
  const asked = askedBy(read);
  const besides = app === 'gateway' ? [...BESIDES, ...SUBGRAPH_URLS] : BESIDES;
  const reads = (name: string): boolean => asked.has(name) || besides.includes(name);
  return { complaintAbout, reads };
}

const exists = 'a pod of ours runs a program that exists';
const known = 'every variable is one that the program reads';
const starts = 'the program starts with the variables that are set';
const once = 'a variable is set once';

describePolicies('settings', settingPolicies(programOf), [
  {
    policy: exists,
    overlay: 'production',
    object: 'Deployment/orders-api',
    set: ['/spec/template/spec/containers/app/image', 'tally/order:1'],
  },
  {
    policy: exists,
    overlay: 'production',
    object: 'Job/migrate-orders',
    set: ['/spec/template/spec/containers/app/command/2', 'order'],
  },
  {
    policy: known,
    overlay: 'production',
    object: 'ConfigMap/users',
    set: ['/data/USERS_PEPER_FILE', '/etc/tally/app/pepper'],
    found: 'Deployment/users-api',
  },
  {
    policy: known,
    overlay: 'production',
    object: 'ConfigMap/gateway',
    set: ['/data/SUBGRAPH_URL_USER', 'http://users'],
    found: 'Deployment/gateway',
  },
  { policy: starts, overlay: 'production', object: 'ConfigMap/users', remove: '/data/USERS_PEPPER_FILE', found: 'Deployment/users-worker' },
  {
    policy: starts,
    overlay: 'local',
    object: 'ConfigMap/payments',
    remove: '/data/PAYMENT_SIMULATOR_URL',
    found: 'Deployment/payments-api',
  },
  { policy: starts, overlay: 'production', object: 'ConfigMap/event-log', set: ['/data/KAFKA_TLS', 'yes'], found: 'Deployment/orders-api' },
  { policy: starts, overlay: 'local', object: 'Job/seed', remove: '/spec/template/spec/containers/app/env/USERS_PEPPER_FILE' },
  {
    policy: once,
    overlay: 'production',
    object: 'ConfigMap/gateway',
    set: ['/data/REDIS_URL', 'rediss://redis:6379'],
    found: 'Deployment/gateway',
  },
]);

test.skipIf(!kubectlFound)('every schema of a subgraph is migrated by its own Job, in both overlays', { timeout: renderTimeoutMs }, () => {
  for (const name of ['local', 'production'] as const) {
    const migrated = workloadsOf(overlay(name))
      .flatMap((workload) =>
        containersOf(workload).flatMap(({ command = [] }) => (command[1]?.endsWith('/db-migrate.ts') ? command.slice(2) : [])),
      )
      .sort();
    const expected: readonly SchemaName[] = ['notifications', 'orders', 'payments', 'products', 'users'];
    expect(migrated).toEqual(name === 'local' ? [...expected, 'simulator'].sort() : expected);
  }
});
