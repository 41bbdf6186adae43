export { readLog } from './audit/read-log.ts';
export { readEmbeddedConfig, type EmbeddedConfig } from './config.ts';
export { bootstrapDatabase, databaseGrants, type BootstrapOptions } from './database/bootstrap.ts';
export { migrateDatabase, type MigrateOptions } from './database/migrate.ts';
export { migrationProjects, migrationsFolder, type MigrationProject } from './database/migration-projects.ts';
export { assertNoPendingMigrations, pendingMigrations } from './database/pending-migrations.ts';
export {
  databaseUrl,
  databaseUrls,
  ownerOf,
  ROLES,
  SCHEMAS,
  type DatabaseUrls,
  type RoleName,
  type RolePasswords,
  type SchemaName,
  type SchemaUrls,
} from './database/roles.ts';
export { openSecrets, type Secrets } from './database/secrets.ts';
export { writeSecretsFolder, type SecretFile, type SecretsFolderOptions } from './database/secrets-folder.ts';
export { examplePages } from './example-pages.ts';
export { openKeys, type PlatformKeys } from './keys.ts';
export {
  eraseEmbeddedPostgres,
  runningPostgres,
  openEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type PostgresLog,
} from './postgres/open-embedded-postgres.ts';
export { EMBEDDED_PLAN, maxConnections, type ConnectionPlan } from './postgres/settings.ts';
export { openFoundation, type Foundation } from './open-foundation.ts';
export { prepareDatabase, type PrepareOptions } from './prepare-database.ts';
export { createProgress, firstSteps, type Account } from './terminal.ts';
