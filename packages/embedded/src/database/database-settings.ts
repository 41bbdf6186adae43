import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment, StartupError, type Environment } from '@tally/runtime';
import { z } from 'zod';
import type { OwnerUrls } from './migrate.ts';
import { ownerOf, roleUrl, ROLES, type RoleName, type RolePasswords, type SchemaName } from './roles.ts';
import { secretFileOf } from './secrets-folder.ts';

/** What `npm run db:bootstrap` needs. */
export interface BootstrapSettings {
  readonly adminUrl: string;
  readonly database: string;
  readonly passwords: RolePasswords;
}

/** What `npm run db:seed` needs. */
export interface SeedSettings {
  readonly urls: Readonly<Record<'users' | 'products' | 'payments', { readonly app: string }>>;
  readonly pepper: string;
}

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'a URL such as postgresql://user:password@host:5432/tally' });
const databaseName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _')
  .default('tally');

const passwordOf = (role: RoleName) => `${role.toUpperCase()}_PASSWORD`;
const urlOf = (role: RoleName) => `${role.toUpperCase()}_DATABASE_URL`;

/**
 * The administrator's URL and the password of every role: `<ROLE>_PASSWORD`, or the one in `<ROLE>_DATABASE_URL`. Either may be a file: `X_FILE`, or
 * lie in the folder `SECRETS_DIR` under the name that `npm run secrets` gives it.
 *
 * @throws {StartupError} names every setting that is missing or wrong.
 */
export function readBootstrapSettings(environment: Environment): BootstrapSettings {
  const given = read({ DATABASE_URL: postgresUrl, DATABASE_NAME: databaseName, ...roleShape(ROLES) }, environment);
  const { DATABASE_URL: adminUrl = '', DATABASE_NAME: database = '' } = given;
  const found = ROLES.map((role) => [role, given[passwordOf(role)] ?? passwordIn(given[urlOf(role)])] as const);
  const missing = found.flatMap(([role, password]) => (password === undefined ? [passwordOf(role)] : []));
  if (missing.length > 0) throw missingSettings(missing, 'or <ROLE>_DATABASE_URL, which holds it');
  return { adminUrl, database, passwords: Object.fromEntries(found) as RolePasswords };
}

/**
 * `<NAME>_OWNER_DATABASE_URL` of each schema; without it `DATABASE_URL`, with the owner and its password in the administrator's place.
 *
 * @throws {StartupError} names every setting that is missing or wrong.
 */
export function readOwnerUrls(environment: Environment, schemas: readonly SchemaName[]): OwnerUrls {
  const given = read(
    { DATABASE_URL: postgresUrl.optional(), DATABASE_NAME: databaseName, ...roleShape(schemas.map(ownerOf)) },
    environment,
  );
  const { DATABASE_URL: adminUrl, DATABASE_NAME: database = '' } = given;
  const found = schemas.map((schema) => {
    const role = ownerOf(schema);
    const password = given[passwordOf(role)];
    const derived = adminUrl === undefined || password === undefined ? undefined : roleUrl({ adminUrl, database, role, password });
    return { schema, owner: given[urlOf(role)] ?? derived };
  });
  const missing = found.flatMap(({ schema, owner }) => (owner === undefined ? [urlOf(ownerOf(schema))] : []));
  if (missing.length > 0) throw missingSettings(missing, 'or DATABASE_URL with <NAME>_OWNER_PASSWORD');
  return Object.fromEntries(found.flatMap(({ schema, owner }) => (owner === undefined ? [] : [[schema, { owner }] as const])));
}

/** @throws {StartupError} names every setting that is missing or wrong; in production, always. */
export function readSeedSettings(environment: Environment): SeedSettings {
  if (environment['NODE_ENV'] === 'production') {
    throw new StartupError('NODE_ENV is production: demo data has known passwords and is never loaded there.');
  }
  const url = { USERS_DATABASE_URL: postgresUrl, PRODUCTS_DATABASE_URL: postgresUrl, PAYMENTS_DATABASE_URL: postgresUrl };
  const given = read({ ...url, USERS_PEPPER: z.string().min(16) }, environment);
  const { USERS_DATABASE_URL: users = '', PRODUCTS_DATABASE_URL: products = '', PAYMENTS_DATABASE_URL: payments = '' } = given;
  return { urls: { users: { app: users }, products: { app: products }, payments: { app: payments } }, pepper: given['USERS_PEPPER'] ?? '' };
}

type Shape = Readonly<Record<string, z.ZodType<string | undefined>>>;

function roleShape(roles: readonly RoleName[]): Shape {
  const passwords = roles.map((role) => [passwordOf(role), z.string().optional()] as const);
  const urls = roles.map((role) => [urlOf(role), postgresUrl.optional()] as const);
  return { ...Object.fromEntries(passwords), ...Object.fromEntries(urls) };
}

function passwordIn(url: string | undefined): string | undefined {
  const password = url === undefined ? '' : decodeURIComponent(new URL(url).password);
  return password === '' ? undefined : password;
}

function missingSettings(names: readonly string[], otherwise: string): StartupError {
  return new StartupError(
    `configuration: missing are ${names.join(', ')}, ${otherwise}; SECRETS_DIR may name the folder of "npm run secrets".`,
  );
}

/** A variable that is absent is looked for in `SECRETS_DIR`. */
function read(shape: Shape, environment: Environment): Readonly<Record<string, string | undefined>> {
  const { SECRETS_DIR: folder = '' } = environment;
  const files = Object.keys(shape).flatMap((name) => {
    if (folder === '' || environment[name] !== undefined || environment[`${name}_FILE`] !== undefined) return [];
    const file = join(folder, secretFileOf(name));
    return existsSync(file) ? [[`${name}_FILE`, file] as const] : [];
  });
  return readEnvironment(z.object(shape), { ...environment, ...Object.fromEntries(files) });
}
