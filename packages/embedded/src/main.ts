import { runApp } from '@tally/runtime';
import { demoAccounts } from '../../../prisma/seed/seed.ts';
import { readEmbeddedConfig } from './config.ts';
import { startEmbedded } from './start-embedded.ts';
import { createProgress, readyText } from './terminal.ts';

// People read this terminal: lines of the log come from warnings upwards unless asked for.
const environment = { ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn' };
const print = (text: string): void => {
  process.stdout.write(text);
};

await runApp({
  name: 'tally',
  environment,
  start: async (logger) => {
    const config = readEmbeddedConfig(environment);
    const progress = createProgress(print, process.stdout.isTTY);
    const platform = await startEmbedded(config, { logger, progress: progress.step });
    progress.done();
    print(
      readyText(platform, {
        // Since the process began: loading the modules is part of the wait.
        seconds: performance.now() / 1000,
        accounts: config.production ? [] : demoAccounts,
      }),
    );
    return platform;
  },
});
