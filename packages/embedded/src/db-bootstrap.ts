// npm run db:bootstrap
// As administrator (DATABASE_URL): the database, a schema with owner and app role for each app, their rights and passwords. May be repeated.
import { bootstrapDatabase } from './database/bootstrap.ts';
import { readBootstrapSettings } from './database/database-settings.ts';
import { runCommand } from './run-command.ts';

await runCommand('db:bootstrap', async (print) => {
  await bootstrapDatabase({ ...readBootstrapSettings(process.env), onDone: print });
});
