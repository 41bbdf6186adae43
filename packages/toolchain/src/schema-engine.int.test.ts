import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, runPrisma } from './prisma-cli.ts';
import { inRoot } from './repository.ts';
import { startScratchPostgres, type ScratchPostgres } from './scratch-postgres.ts';

const THING = `
generator client {
  provider = "prisma-client"
  output   = "./generated"
}
datasource db {
  provider = "postgresql"
}
enum Colour {
  RED
  BLUE
}
model Thing {
  id     String @id @db.Uuid
  name   String
  colour Colour
}
`;

const BY_HAND = `
CREATE EXTENSION IF NOT EXISTS pg_trgm;
ALTER TABLE "Thing" ADD CONSTRAINT thing_has_name CHECK (name <> '');
CREATE UNIQUE INDEX thing_one_red ON "Thing" (colour) WHERE colour = 'RED';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER thing_touch BEFORE UPDATE ON "Thing" FOR EACH ROW EXECUTE FUNCTION touch();
`;

let postgres: ScratchPostgres;
beforeAll(async () => {
  postgres = await startScratchPostgres();
});
afterAll(() => postgres[Symbol.asyncDispose]());

let projects = 0;
async function aProject() {
  const folder = await mkdtemp(join(tmpdir(), 'tally-schema-'));
  const config = `import { schemaConfig } from '${inRoot('prisma', 'schema-config.ts')}';\nexport default schemaConfig('thing', 'THING_OWNER_DATABASE_URL');\n`;
  await writeFile(join(folder, 'prisma.config.ts'), config);
  await writeFile(join(folder, 'schema.prisma'), THING);
  projects += 1;
  const ownerUrl = await postgres.createDatabase(`thing_${String(projects)}`);
  const migrations = join(folder, 'migrations');
  const sqlFile = () => join(migrations, readdirSync(migrations).find((name) => name.endsWith('_init')) ?? '', 'migration.sql');
  return {
    ownerUrl,
    sqlFile,
    prisma: (args: string, url = ownerUrl): Promise<Finished> => runPrisma({ name: 'thing', folder }, args.split(' '), { ownerUrl: url }),
    diff: (): Promise<Finished> =>
      runPrisma(
        { name: 'thing', folder },
        ['migrate', 'diff', '--from-migrations', migrations, '--to-schema', join(folder, 'schema.prisma'), '--exit-code'],
        {
          ownerUrl,
        },
      ),
    change: (from: string, to: string) => writeFile(join(folder, 'schema.prisma'), THING.replace(from, to)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

test.concurrent('a first migration creates the tables of the schema file in the schema of its URL', async () => {
  await using project = await aProject();

  const made = await project.prisma('migrate dev --create-only --name init');

  expect(made).toMatchObject({ code: 0 });
  expect(readFileSync(project.sqlFile(), 'utf8')).toContain('CREATE TABLE "Thing"');
  expect(await project.prisma('migrate deploy')).toMatchObject({ code: 0 });
  expect(await tables(project.ownerUrl)).toEqual(['thing.Thing', 'thing._prisma_migrations']);
  expect((await project.prisma('migrate status')).printed).toContain('up to date');
});

test.concurrent('SQL written by hand runs whole, function bodies included, and is no drift', async () => {
  await using project = await aProject();
  await project.prisma('migrate dev --create-only --name init');
  await appendFile(project.sqlFile(), BY_HAND);

  expect(await project.prisma('migrate deploy')).toMatchObject({ code: 0 });

  expect(await project.diff()).toMatchObject({ code: 0 });
});

test.concurrent('a schema file that moved on is drift, and a new migration ends it', async () => {
  await using project = await aProject();
  await project.prisma('migrate dev --create-only --name init');

  await project.change('name   String', 'name   String\n  note   String?');

  expect(await project.diff()).toMatchObject({ code: 2 });
  expect(await project.prisma('migrate dev --name note')).toMatchObject({ code: 0 });
  expect(await project.diff()).toMatchObject({ code: 0 });
});

test.concurrent('nothing to migrate asks for no name', async () => {
  await using project = await aProject();
  await project.prisma('migrate dev --name init');

  const again = await project.prisma('migrate dev');

  expect(again).toMatchObject({ code: 0 });
  expect(again.printed).toContain('Already in sync');
});

test.concurrent('a change that loses data is refused where nobody can be asked', async () => {
  await using project = await aProject();
  await project.prisma('migrate dev --name init');

  await project.change('name   String\n', '');
  const refused = await project.prisma('migrate dev --name forget');

  expect(refused.code).not.toBe(0);
  expect(refused.printed).toContain('may lose data');
});

test.concurrent('a missing database is made, an unreachable one is said', async () => {
  await using project = await aProject();
  await project.prisma('migrate dev --create-only --name init');

  const elsewhere = project.ownerUrl.replace(/thing_\d+$/, `made_${String(projects)}`);
  expect(await project.prisma('migrate deploy', elsewhere)).toMatchObject({ code: 0 });
  const nowhere = await project.prisma('migrate deploy', 'postgresql://nobody@127.0.0.1:1/none');

  expect(nowhere.code).toBe(1);
  expect(nowhere.printed).toContain('P1001');
});

async function tables(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  await client.end();
  return rows.map(({ name }) => name);
}
