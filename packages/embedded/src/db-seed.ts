// npm run db:seed
// Demo accounts, catalogue and payment methods into migrated schemas, unless they have rows. Never in production.
import { demoAccounts, seedPlatform } from '../../../prisma/seed/seed.ts';
import { readSeedSettings } from './database/database-settings.ts';
import { runCommand } from './run-command.ts';

await runCommand('db:seed', async (print) => {
  await seedPlatform({ ...readSeedSettings(process.env), tier: 'ci', progress: (part) => print(`seeding ${part}`) });
  for (const { email, role, password } of demoAccounts) print(`${role.toLowerCase()} ${email}, password "${password}"`);
});
