import { topics } from '@tally/events';
import { redrive, toTable } from '@tally/messaging';
import { StartupError } from '@tally/runtime';
import { readEmbeddedConfig } from './config.ts';
import { databaseUrls } from './database/roles.ts';
import { openSecrets } from './database/secrets.ts';
import { runningPostgres } from './postgres/open-embedded-postgres.ts';

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

const [topic, key] = process.argv.slice(2);
if (topic === undefined || !(topic in topics)) {
  process.stderr.write(`usage: npm run redrive -- <topic> [key]\ntopics: ${Object.keys(topics).join(', ')}\n`);
  process.exitCode = 2;
} else {
  try {
    process.stdout.write(`${toTable(topic, await redrive({ databaseUrls: await openUrls(), topic, key: key ?? null }))}\n`);
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    process.stderr.write(`redrive: ${error.message}\n`);
    process.exitCode = 1;
  }
}
