import pg from 'pg';
import type { ProbeAction } from './command-line.ts';
import { type Connection, toPoolConfig } from './connection.ts';

// PostgreSQL's SQLSTATE to the code the CLI acts on. P1003 makes it ask us to create the database.
const PRISMA_CODES: Readonly<Record<string, string>> = { '28P01': 'P1000', '28000': 'P1000', '3D000': 'P1003' };
const CANNOT_REACH = 'P1001';

/**
 * Answers the CLI's question before a command: is the database there, or make it.
 *
 * @returns the exit code: 0 for yes; 1 for no, the reason then stands on stderr in the form the CLI reads.
 */
export async function probe(action: ProbeAction, connection: Connection): Promise<0 | 1> {
  const config = toPoolConfig(connection);
  const client = new pg.Client(action === 'create-database' ? { ...config, database: 'postgres' } : config);
  try {
    await client.connect();
    if (action === 'create-database') await client.query(`CREATE DATABASE ${client.escapeIdentifier(connection.database)}`);
    await client.end();
    return 0;
  } catch (error) {
    process.stderr.write(refusal(error));
    return 1;
  }
}

function refusal(error: unknown): string {
  const sqlState = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error && error.message !== '' ? error.message : sqlState;
  const line = { level: 'ERROR', target: 'schema_engine::logger', fields: { error_code: PRISMA_CODES[sqlState] ?? CANNOT_REACH, message } };
  // The CLI throws the first line away and expects JSON on every other.
  return `schema engine (wasm)\n${JSON.stringify(line)}\n`;
}
