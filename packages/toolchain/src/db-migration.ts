// npm run db:migration -- <schema> <name>
// Writes the next migration of a schema from what its schema.prisma says and its migrations do not, on a server of its own.
import { readdirSync } from 'node:fs';
import { runPrisma } from './prisma-cli.ts';
import { databaseSchemas, inRoot } from './repository.ts';
import { startScratchPostgres } from './scratch-postgres.ts';

const [schemaName = '', migrationName = ''] = process.argv.slice(2);
const schema = databaseSchemas().find(({ name }) => name === schemaName);

if (schema === undefined || !/^[a-z][a-z0-9_]*$/.test(migrationName)) {
  const names = databaseSchemas().map(({ name }) => name);
  console.error(`usage: npm run db:migration -- <${names.join('|')}> <name_in_snake_case>`);
  process.exit(2);
}

await using postgres = await startScratchPostgres();
const ownerUrl = await postgres.createDatabase('tally');
const { code, printed } = await runPrisma(schema, ['migrate', 'dev', '--create-only', '--name', migrationName], {
  ownerUrl,
  stdin: 'inherit',
});

if (code === 0) {
  const written = readdirSync(inRoot(schema.folder, 'migrations')).filter((name) => name.endsWith(`_${migrationName}`));
  console.log(
    `wrote ${schema.folder}/migrations/${written.sort().at(-1) ?? ''}/migration.sql: say in its header why, then npm run migrations:check`,
  );
} else {
  console.error(printed);
}
process.exitCode = code;
