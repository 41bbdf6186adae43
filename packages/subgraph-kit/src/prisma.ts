import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Sql } from '@tally/messaging';
import pg from 'pg';

export interface PrismaConnection {
  /** As the app role; its `search_path` is the schema. */
  readonly url: string;
  readonly schema: string;
  /** Largest number of connections. */
  readonly maxConnections: number;
  /** Called with the text of every statement that is sent, BEGIN and COMMIT included. */
  readonly onStatement?: (text: string) => void;
  /** A connection broke while nobody used it; the pool replaces it. */
  readonly onIdleError?: (error: Error) => void;
}

const maxNamedStatements = 500;

/**
 * The driver of a Prisma client: named prepared statements (at most 500 texts, further ones are not named), 2 s to get a connection. The limits on
 * locks and statements are the role's.
 */
export function prismaAdapter(connection: PrismaConnection): PrismaPg {
  const { url, schema, maxConnections, onStatement, onIdleError } = connection;
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
  });
  if (onStatement !== undefined)
    pool.on('connect', (client) => {
      reportStatements(client, onStatement);
    });
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= maxNamedStatements) return '';
    const name = `${schema}_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
    names.set(text, name);
    return name;
  };
  return new PrismaPg(pool, {
    schema,
    disposeExternalPool: true,
    statementNameGenerator: ({ sql }) => nameOf(sql),
    onPoolError: (error) => onIdleError?.(error),
  });
}

function reportStatements(client: pg.PoolClient, onStatement: (text: string) => void): void {
  const query = client.query.bind(client) as (...values: readonly unknown[]) => unknown;
  const reporting = (...values: readonly unknown[]): unknown => {
    const [first] = values;
    onStatement(typeof first === 'string' ? first : ((first as { text?: string }).text ?? ''));
    return query(...values);
  };
  Object.assign(client, { query: reporting });
}

/** The raw side of a Prisma client or of its open transaction. */
export interface RawClient {
  $queryRawUnsafe<Result>(text: string, ...values: unknown[]): PromiseLike<Result>;
  $executeRawUnsafe(text: string, ...values: unknown[]): PromiseLike<number>;
}

/** Statements with `$n` parameters on a Prisma client or transaction. Texts are constants of the code; only values vary. */
export function sqlOf(client: RawClient): Sql {
  return {
    rows: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      client.$queryRawUnsafe<readonly Row[]>(text, ...values),
    count: async (text, values = []) => client.$executeRawUnsafe(text, ...values),
  };
}
