import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, DriverAdapterError, type SqlQuery, type SqlResultSet } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { type Connection, toPoolConfig } from './connection.ts';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** Opens the database itself, and the empty one beside it in which the engine replays the migrations. */
export class EngineAdapterFactory extends PrismaPg {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super(toPoolConfig(connection), { schema: connection.schema });
    this.#connection = connection;
  }

  override async connect(): Promise<Adapter> {
    return repaired(await super.connect());
  }

  // The adapter's own shadow lacks our schema and is dropped while its pool is still open.
  override async connectToShadowDb(): Promise<Adapter> {
    const { schema } = this.#connection;
    const database = `shadow_${randomUUID().replaceAll('-', '')}`;
    const admin = await super.connect();
    await admin.executeScript(`CREATE DATABASE "${database}"`);
    const shadow = repaired(await new PrismaPg(toPoolConfig({ ...this.#connection, database }), { schema }).connect());
    await shadow.executeScript(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);

    const endPool = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await endPool();
      await admin.executeScript(`DROP DATABASE "${database}" WITH (FORCE)`);
      await admin.dispose();
    };
    return shadow;
  }
}

function repaired(adapter: Adapter): Adapter {
  return runsScriptsWhole(readsChar(adapter));
}

const CHAR_OID = 18;
const BPCHAR_OID = 1042;

/**
 * Teaches the adapter the type `"char"`, which it does not know and every introspection reads from the catalogue: the
 * column passes as bpchar and gets its column type back afterwards.
 */
function readsChar(adapter: Adapter): Adapter {
  const charColumns = new WeakMap<object, readonly number[]>();

  const pool = adapter.underlyingDriver();
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryArrayResult>;
  const relabelling = async (...args: unknown[]) => {
    const result = await query(...args);
    const columns = relabelChar(result.fields);
    if (columns.length > 0) charColumns.set(result.rows, columns);
    return result;
  };
  pool.query = relabelling as typeof pool.query;

  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (sql: SqlQuery): Promise<SqlResultSet> => {
    const result = await queryRaw(sql);
    for (const column of charColumns.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

// A statement without a result (a script of several) has no fields, whatever the types say.
function relabelChar(fields: readonly pg.FieldDef[] | undefined): number[] {
  return (fields ?? []).flatMap((field, column) => {
    if (field.dataTypeID !== CHAR_OID) return [];
    field.dataTypeID = BPCHAR_OID;
    return [column];
  });
}

/**
 * Sends a migration as PostgreSQL expects it: the whole text at once. The adapter cuts it at every semicolon, function
 * bodies included, and gives the pieces to whichever connection is free.
 *
 * One text is one transaction, as with the native engine: what cannot run in one (`CREATE INDEX CONCURRENTLY`) needs a
 * migration of its own.
 */
function runsScriptsWhole(adapter: Adapter): Adapter {
  const pool = adapter.underlyingDriver();
  adapter.executeScript = async (script) => {
    try {
      await pool.query(script);
    } catch (error) {
      throw error instanceof pg.DatabaseError ? toDriverError(error) : error;
    }
  };
  return adapter;
}

function toDriverError({ code = '', severity = '', message, detail, column, hint }: pg.DatabaseError): DriverAdapterError {
  return new DriverAdapterError({
    kind: 'postgres',
    code,
    severity,
    message,
    detail,
    column,
    hint,
    originalCode: code,
    originalMessage: message,
  });
}
