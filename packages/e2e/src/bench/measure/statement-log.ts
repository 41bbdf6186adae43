import { readFile, stat } from 'node:fs/promises';
import type { Sql } from '@tally/testkit';

/** A statement with its values, as the server's log tells of it. */
export interface LoggedStatement {
  readonly role: string;
  readonly text: string;
  /** In PostgreSQL's text format. */
  readonly values: readonly (string | null)[];
}

/** Every statement that the server executes, for as long as this is open. Disposal switches the log off again. */
export interface StatementLog extends AsyncDisposable {
  /** What was executed while some work was done. */
  during(work: () => Promise<void>): Promise<readonly LoggedStatement[]>;
}

const marker = 'tally-bench';

/** Switches the embedded server's statement log on and reads the file it writes to. */
export async function openStatementLog(sql: Sql, postmaster: number): Promise<StatementLog> {
  // The server's error stream is a file; this is its name.
  const file = `/proc/${String(postmaster)}/fd/2`;
  await sql.execute(`ALTER SYSTEM SET log_line_prefix = '${marker} %p %u '`);
  await sql.execute(`ALTER SYSTEM SET log_statement = 'all'`);
  await reload(sql);
  return {
    async during(work) {
      const { size } = await stat(file);
      await work();
      const written = await readFile(file);
      return parseStatementLog(written.subarray(size).toString());
    },
    async [Symbol.asyncDispose]() {
      await sql.execute('ALTER SYSTEM RESET log_statement');
      await sql.execute('ALTER SYSTEM RESET log_line_prefix');
      await reload(sql);
    },
  };
}

async function reload(sql: Sql): Promise<void> {
  await sql.rows('SELECT pg_reload_conf()');
  await sql.rows('SELECT pg_sleep(0.5)'); // every session takes the change over before its next statement
}

/** Reads lines as `log_line_prefix` and `log_statement` above write them; continued lines begin with a tab. */
export function parseStatementLog(text: string): readonly LoggedStatement[] {
  const found: { role: string; text: string; values: (string | null)[] }[] = [];
  const newest = new Map<string, (string | null)[]>(); // values of the newest statement of each session
  for (const entry of text.replaceAll('\n\t', '\u0000').split('\n')) {
    const [, session, role, kind, rest] = new RegExp(`^${marker} (\\d+) (\\S*) (LOG|DETAIL): {2}(.*)$`, 's').exec(entry) ?? [];
    if (session === undefined || role === undefined || rest === undefined) continue;
    const line = rest.replaceAll('\u0000', '\n');
    const statement = /^(?:statement|execute [^:]*): (.*)$/s.exec(line)?.[1];
    if (kind === 'LOG' && statement !== undefined) {
      const values: (string | null)[] = [];
      newest.set(session, values);
      found.push({ role, text: statement, values });
    }
    if (kind === 'DETAIL' && /^parameters: /i.test(line)) newest.get(session)?.push(...parseParameters(line));
  }
  return found;
}

const parseParameters = (line: string): (string | null)[] =>
  [...line.matchAll(/\$\d+ = (?:NULL|'((?:[^']|'')*)')/g)].map(([, value]) => value?.replaceAll(`''`, `'`) ?? null);
