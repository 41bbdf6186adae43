import { rm } from 'node:fs/promises';
import { StartupError } from '@tally/runtime';
import { readEmbeddedConfig } from './config.ts';
import { eraseEmbeddedPostgres } from './postgres/open-embedded-postgres.ts';

try {
  const { dataDir } = readEmbeddedConfig(process.env);
  await eraseEmbeddedPostgres(dataDir);
  await rm(dataDir, { recursive: true, force: true });
  process.stdout.write(`${dataDir} is gone; npm start begins anew.\n`);
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  process.stderr.write(`reset: ${error.message}\n`);
  process.exitCode = 1;
}
