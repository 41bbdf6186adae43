import { fileURLToPath } from 'node:url';
import { defineConfig, type PrismaConfig } from 'prisma/config';

/**
 * The Prisma configuration every schema shares: `schema.prisma` and `migrations/` beside the config file, the owner's
 * connection from `ownerUrlVariable`.
 *
 * Read before the CLI looks for its engine, so nobody has to set a variable by hand to keep it from downloading one.
 *
 * @param schema the PostgreSQL schema that holds the tables.
 * @param ownerUrlVariable the environment variable with the URL of the role that may run DDL. Absent, a local address
 *   stands in: enough for `generate` and `validate`, which connect to nothing.
 */
export function schemaConfig(schema: string, ownerUrlVariable: string): PrismaConfig {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= fileURLToPath(new URL('./schema-engine.ts', import.meta.url));
  process.env['CHECKPOINT_DISABLE'] ??= '1';

  const url = new URL(process.env[ownerUrlVariable] ?? `postgresql://${schema}_owner@127.0.0.1:5432/tally`);
  url.searchParams.set('schema', schema); // the CLI's only way to know the schema; the role's search_path is not asked
  return defineConfig({ schema: 'schema.prisma', migrations: { path: 'migrations' }, datasource: { url: url.href } });
}
