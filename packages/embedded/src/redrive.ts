import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { topics } from '@tally/events';
import { redrive, toTable } from '@tally/messaging';
import { readEmbeddedConfig } from './config.ts';
import { databaseUrls } from './database/roles.ts';
import { openSecrets } from './database/secrets.ts';
import { runningPostgres } from './postgres/open-embedded-postgres.ts';
import { runCommand } from './run-command.ts';

const subgraphs = ['products', 'orders', 'payments', 'users', 'notifications'] as const;

/** URLs of the subgraphs' databases: those of the environment, else of the embedded system that runs on the data folder. */
async function openUrls(): Promise<Readonly<Record<string, string>>> {
  const given = subgraphs.flatMap((name) => {
    const url = process.env[`${name.toUpperCase()}_DATABASE_URL`];
    return url === undefined ? [] : [[name, url] as const];
  });
  if (given.length > 0) return Object.fromEntries(given);
  const { dataDir, databaseUrl } = readEmbeddedConfig(process.env);
  const { passwords } = await openSecrets(dataDir);
  const urls = databaseUrls(databaseUrl ?? (await runningPostgres(dataDir)), passwords);
  return Object.fromEntries(subgraphs.map((name) => [name, urls[name].app]));
}

const { values: by, positionals } = parseArgs({
  allowPositionals: true,
  options: { by: { type: 'string', default: userInfo().username }, reason: { type: 'string', default: 'npm run redrive' } },
});
const [topic, key = null] = positionals;
if (topic === undefined || !(topic in topics)) {
  process.stderr.write(
    `usage: npm run redrive -- <topic> [key] [--by <who>] [--reason <why>]\ntopics: ${Object.keys(topics).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  await runCommand('redrive', async (print) => {
    const asked = { databaseUrls: await openUrls(), topic, key, by: { actor: by.by, reason: by.reason } };
    print(toTable(topic, await redrive(asked)));
  });
}
