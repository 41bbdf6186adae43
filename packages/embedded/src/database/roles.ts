/** Every PostgreSQL schema of the system, in migration order; each is also the name of its app role. */
export const SCHEMAS = ['products', 'orders', 'payments', 'users', 'notifications', 'event_log', 'simulator'] as const;

export type SchemaName = (typeof SCHEMAS)[number];

/** `<schema>_owner` migrates, `<schema>` reads and writes rows, `auditor` reads everything. */
export type RoleName = SchemaName | `${SchemaName}_owner` | 'auditor';

/** The role that owns a schema's tables. */
export function ownerOf(schema: SchemaName): `${SchemaName}_owner` {
  return `${schema}_owner`;
}

/** All roles of the system. */
export const ROLES: readonly RoleName[] = [...SCHEMAS.flatMap((schema) => [ownerOf(schema), schema] as const), 'auditor'];

export type RolePasswords = Readonly<Record<RoleName, string>>;

/** Where one schema is reached. */
export interface SchemaUrls {
  /** For migrations; carries `?schema=`, which the Prisma command line reads. */
  readonly owner: string;
  /** For the app. */
  readonly app: string;
}

/** A URL per role of one database. */
export type DatabaseUrls = Readonly<Record<SchemaName, SchemaUrls>> & { readonly auditor: string };

/**
 * The URLs of all roles, derived from the administrator's: same server and parameters, other user, password and database.
 *
 * @param adminUrl any `postgresql:` URL of the server.
 */
export function databaseUrls(adminUrl: string, passwords: RolePasswords, database = 'tally'): DatabaseUrls {
  const urlOf = (role: RoleName): string => roleUrl({ adminUrl, database, role, password: passwords[role] });
  const pairs = SCHEMAS.map((schema) => [schema, { owner: urlOf(ownerOf(schema)), app: urlOf(schema) }] as const);
  return { ...(Object.fromEntries(pairs) as Record<SchemaName, SchemaUrls>), auditor: urlOf('auditor') };
}

/** The URL of one role: the administrator's server and parameters, and for an owner its schema. */
export function roleUrl(given: {
  readonly adminUrl: string;
  readonly database: string;
  readonly role: RoleName;
  readonly password: string;
}): string {
  const url = new URL(databaseUrl(given.adminUrl, given.database));
  url.username = given.role;
  url.password = encodeURIComponent(given.password);
  const owned = SCHEMAS.find((schema) => ownerOf(schema) === given.role);
  if (owned !== undefined) url.searchParams.set('schema', owned);
  return url.href;
}

/** The same server and user, another database. */
export function databaseUrl(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
