import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCHEMAS, type SchemaName } from './roles.ts';

/** The Prisma folder of one schema. */
export interface MigrationProject {
  readonly schema: SchemaName;
  /** Absolute path of its `prisma.config.ts`; `migrations/` lies beside it. */
  readonly config: string;
  /** The variable in which that config expects the owner's URL. */
  readonly ownerUrlVariable: string;
}

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

/** Schemas whose folder is not `prisma/<schema>`: they belong to a package. */
const FOLDERS: Readonly<Partial<Record<SchemaName, string>>> = {
  event_log: 'packages/messaging/prisma',
  simulator: 'packages/payment-simulator/prisma',
};

/** The projects of this repository, in the order of their schemas; a schema without migrations yet has none. */
export function migrationProjects(repository: string = REPOSITORY): readonly MigrationProject[] {
  return SCHEMAS.map((schema) => ({
    schema,
    config: join(repository, FOLDERS[schema] ?? `prisma/${schema}`, 'prisma.config.ts'),
    ownerUrlVariable: `${schema.toUpperCase()}_OWNER_DATABASE_URL`,
  })).filter(({ config }) => existsSync(config) && existsSync(migrationsFolder({ config })));
}

/** Where a project keeps its migrations. */
export function migrationsFolder({ config }: Pick<MigrationProject, 'config'>): string {
  return join(dirname(config), 'migrations');
}
