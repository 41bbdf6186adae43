import { StartupError } from '@tally/runtime';
import pg from 'pg';
import { databaseUrl, ownerOf, ROLES, type RolePasswords, SCHEMAS, type SchemaName } from './roles.ts';

export interface BootstrapOptions {
  /** A role that may create databases and roles; its own database need not exist. */
  readonly adminUrl: string;
  /** Default `tally`. */
  readonly database?: string;
  readonly passwords: RolePasswords;
  /** True lets owners create databases: the shadow database of `prisma migrate dev` and of the drift check. Default false. */
  readonly development?: boolean;
  /** True closes the server's other databases to our roles as well. Only for servers that are ours alone. Default false. */
  readonly ownServer?: boolean;
  /** Told what was made and what was there, in a few words each, once all of it holds. */
  readonly onDone?: (what: string) => void;
}

/** Two starts at once would trip over each other's catalogue rows. The number is arbitrary. */
const BOOTSTRAP_LOCK = 7_461_512_340;

/**
 * Creates the database, and for each schema the schema, its owner and its app role; and `auditor`. May be repeated at every start: what
 * exists is brought to the same state, passwords included, and no rows are touched.
 *
 * Owners create tables, in schemas of their own, and no limits hold for them. App roles have the rows of their schema and nothing else, under
 * the limits of docs/reliability.md, database errors. Rights of tables come from default privileges, so a migration needs no GRANT, and may
 * REVOKE.
 *
 * @throws {StartupError} server unreachable, credentials refused, rights missing; one line that says what to do.
 */
export async function bootstrapDatabase(options: BootstrapOptions): Promise<void> {
  const { adminUrl, database = 'tally', passwords, development = false, ownServer = false, onDone = () => undefined } = options;
  await using admin = await connect(adminUrl);
  const { client } = admin;
  try {
    await client.query('SELECT pg_advisory_lock($1)', [BOOTSTRAP_LOCK]);
    const superuser = await isSuperuser(client);
    const { rows: existing } = await client.query<{ rolname: string; rolcreatedb: boolean }>(
      'SELECT rolname, rolcreatedb FROM pg_roles WHERE rolname = ANY($1)',
      [ROLES],
    );
    const createdb = new Map(existing.map((role) => [role.rolname, role.rolcreatedb]));

    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
    await client.query(
      script([
        ...ROLES.filter((role) => !createdb.has(role)).map((role) => `CREATE ROLE ${role}`),
        ...ROLES.map((role) => `ALTER ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(passwords[role])}`),
        ...SCHEMAS.flatMap((schema) => roleSettings(schema)),
        'ALTER ROLE auditor SET default_transaction_read_only = on',
        ...SCHEMAS.map(ownerOf)
          .filter((owner) => (createdb.get(owner) ?? false) !== development)
          .map((owner) => `ALTER ROLE ${owner} ${development ? 'CREATEDB' : 'NOCREATEDB'}`),
        // Only a member may make things in a role's name; a superuser is a member of all.
        ...(superuser ? [] : SCHEMAS.map((schema) => `GRANT ${ownerOf(schema)} TO CURRENT_USER`)),
        ...databaseGrants(database),
        ...(ownServer ? ['postgres', 'template1'].map((other) => `REVOKE ALL ON DATABASE ${other} FROM PUBLIC`) : []),
      ]),
    );

    await using inside = await connect(databaseUrl(adminUrl, database));
    // Counting statements takes a superuser and a preloaded library: our own server has both.
    const counting = ownServer ? ['CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public'] : [];
    const { rows: schemas } = await inside.client.query<{ nspname: string }>('SELECT nspname FROM pg_namespace WHERE nspname = ANY($1)', [
      SCHEMAS,
    ]);
    await inside.client.query(script(['REVOKE ALL ON SCHEMA public FROM PUBLIC', ...SCHEMAS.flatMap(schemaRights), ...counting]));

    onDone(`database ${database} ${rowCount === 0 ? 'made' : 'was there'}`);
    for (const role of ROLES) onDone(`role ${role} ${createdb.has(role) ? 'was there, its password is set' : 'made'}`);
    const had = new Set(schemas.map(({ nspname }) => nspname));
    for (const schema of SCHEMAS) onDone(`schema ${schema} ${had.has(schema) ? 'was there, its rights are set' : 'made'}`);
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw new StartupError(
      `Database roles and schemas cannot be made (${cause instanceof Error ? cause.message : String(cause)}): DATABASE_URL must name a role that may create databases and roles.`,
      {
        cause,
      },
    );
  }
}

/**
 * Rights on the database itself. They do not travel when a database is cloned (`CREATE DATABASE … TEMPLATE`), so they are granted again to
 * each clone.
 */
export function databaseGrants(database: string): readonly string[] {
  const name = pg.escapeIdentifier(database);
  return [
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${name} TO ${ROLES.join(', ')}`,
    // The first migration says CREATE SCHEMA IF NOT EXISTS, `migrate reset` drops the schema, and trusted extensions need it.
    `GRANT CREATE ON DATABASE ${name} TO ${SCHEMAS.map(ownerOf).join(', ')}`,
  ];
}

/** Of the role everywhere, not `IN DATABASE`: those would not travel to a clone either. */
function roleSettings(schema: SchemaName): readonly string[] {
  return [
    `ALTER ROLE ${ownerOf(schema)} SET search_path = ${schema}`,
    `ALTER ROLE ${schema} SET search_path = ${schema}`,
    `ALTER ROLE ${schema} SET statement_timeout = '5s'`,
    `ALTER ROLE ${schema} SET lock_timeout = '2s'`,
    `ALTER ROLE ${schema} SET idle_in_transaction_session_timeout = '10s'`,
  ];
}

/** Default privileges belong to the owner, not to the schema, and so outlive `prisma migrate reset`, which drops the schema. */
function schemaRights(schema: SchemaName): readonly string[] {
  const defaults = `ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerOf(schema)}`;
  return [
    `CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${ownerOf(schema)}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${schema}, auditor`,
    `${defaults} GRANT USAGE ON SCHEMAS TO ${schema}, auditor`,
    `${defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${schema}`,
    `${defaults} GRANT USAGE, SELECT ON SEQUENCES TO ${schema}`,
    `${defaults} GRANT SELECT ON TABLES TO auditor`,
    `${defaults} GRANT SELECT ON SEQUENCES TO auditor`,
    `${defaults} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
    `${defaults} GRANT EXECUTE ON FUNCTIONS TO ${schema}`,
  ];
}

function script(statements: readonly string[]): string {
  return ['BEGIN', ...statements, 'COMMIT'].join(';\n');
}

async function isSuperuser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ rolsuper: boolean }>('SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER');
  return rows[0]?.rolsuper === true;
}

async function connect(url: string): Promise<AsyncDisposable & { readonly client: pg.Client }> {
  const client = await open(url).catch((error: unknown) => {
    // The database in DATABASE_URL may be the one that is to be created.
    if ((error as { code?: string }).code === '3D000') return open(databaseUrl(url, 'postgres')).catch(refuse(url));
    return refuse(url)(error);
  });
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  return client;
}

/** Names the server, never the password. */
function refuse(url: string): (error: unknown) => never {
  return (cause) => {
    const { host, username } = new URL(url);
    const { code = '', message = '' } = cause as { code?: string; message?: string };
    if (code === '28P01' || code === '28000') {
      throw new StartupError(`PostgreSQL at ${host} refuses the password of "${username}": correct DATABASE_URL.`, { cause });
    }
    throw new StartupError(`PostgreSQL at ${host} cannot be reached (${message || code}): start it, or correct DATABASE_URL.`, { cause });
  };
}
