// npm run db:migrate -- <schema>… | --all
// As each schema's owner: the migrations it lacks. May be repeated, and run at the same time by several.
import { readOwnerUrls } from './database/database-settings.ts';
import { migrateDatabase } from './database/migrate.ts';
import { SCHEMAS, type SchemaName } from './database/roles.ts';
import { runCommand } from './run-command.ts';

const named = process.argv.slice(2);
const schemas = named.length === 1 && named[0] === '--all' ? SCHEMAS : named.filter(isSchema);

if (schemas.length === 0 || (schemas !== SCHEMAS && schemas.length < named.length)) {
  process.stderr.write(`usage: npm run db:migrate -- <schema>… | --all\nschemas: ${SCHEMAS.join(', ')}\n`);
  process.exitCode = 2;
} else {
  await runCommand('db:migrate', async (print) => {
    const migrated = await migrateDatabase({
      urls: readOwnerUrls(process.env, schemas),
      onMigrating: (schema, migrations) => {
        for (const migration of migrations) print(`schema ${schema}: applying ${migration}`);
      },
    });
    for (const schema of schemas) print(`schema ${schema} ${migrated.includes(schema) ? 'migrated' : 'was up to date'}`);
  });
}

function isSchema(name: string): name is SchemaName {
  return (SCHEMAS as readonly string[]).includes(name);
}
