import { readFileSync } from 'node:fs';

/**
 * Where and in which schema the engine works.
 *
 * Discrete fields, never a connection string: built from a string, the adapter would open its shadow database with that
 * string again and so on the live database.
 */
export type Connection = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** As node-postgres takes it; `false`: in the clear. */
  readonly ssl: false | { readonly ca?: string; readonly rejectUnauthorized: boolean };
  /** The schema that holds the tables; migrations are written without naming it. */
  readonly schema: string;
};

/** `?schema=` is Prisma's own spelling; absent it means `public`. */
export function parseConnection(url: string): Connection {
  const parsed = new URL(url);
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 5432),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    ssl: sslOf(parsed.searchParams),
    schema: parsed.searchParams.get('schema') ?? 'public',
  };
}

/** `sslmode` and `sslrootcert` as node-postgres reads them from a URL: every mode but `no-verify` checks the server's certificate and name. */
function sslOf(settings: URLSearchParams): Connection['ssl'] {
  const mode = settings.get('sslmode');
  if (mode === null || mode === 'disable') return false;
  const certificate = settings.get('sslrootcert');
  return { rejectUnauthorized: mode !== 'no-verify', ...(certificate === null ? {} : { ca: readFileSync(certificate, 'utf8') }) };
}

/** Settings of node-postgres. The search path is what makes unqualified migration SQL land in the right schema. */
export function toPoolConfig({ schema, ...address }: Connection) {
  return { ...address, options: `-c search_path=${schema}` };
}
