// npm run migrations:check
// Replays the migrations of every schema on a server of its own and compares the result with schema.prisma.
import { existsSync } from 'node:fs';
import { inLanes } from './in-lanes.ts';
import { runPrisma } from './prisma-cli.ts';
import { databaseSchemas, type DatabaseSchema, inRoot } from './repository.ts';
import { startScratchPostgres } from './scratch-postgres.ts';

const DIFFERENT = 2; // exit code of `migrate diff --exit-code`

await using postgres = await startScratchPostgres();
const complaints = (await inLanes(2, databaseSchemas(), complaintAbout)).filter((complaint) => complaint !== null);

for (const complaint of complaints) console.error(complaint);
if (complaints.length === 0) console.log('the migrations of every schema lead to its schema.prisma');
process.exitCode = complaints.length > 0 ? 1 : 0;

async function complaintAbout(schema: DatabaseSchema): Promise<string | null> {
  const migrations = `${schema.folder}/migrations`;
  const target = `${schema.folder}/schema.prisma`;
  for (const path of [target, migrations]) {
    if (!existsSync(inRoot(path))) return `${schema.name}: ${path} is missing`;
  }
  const ownerUrl = await postgres.createDatabase(schema.name);
  const args = ['migrate', 'diff', '--from-migrations', migrations, '--to-schema', target, '--exit-code'];
  const { code, printed } = await runPrisma(schema, args, { ownerUrl });
  if (code === 0) return null;
  const what =
    code === DIFFERENT ? `its migrations do not lead to ${target}: npm run db:migration -- ${schema.name} <name>` : 'its migrations fail';
  return `${schema.name}: ${what}\n${printed}`;
}
