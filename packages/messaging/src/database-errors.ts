/**
 * What to do about a failed statement or transaction.
 *
 * - `retry`: lost against another transaction; run the whole unit again from a fresh read.
 * - `result`: not a failure but an answer: a row of that name exists, or a guarded row is not there.
 * - `busy`: waited too long for a lock; somebody is working on the same thing.
 * - `reconnect`: the connection is gone. During COMMIT that leaves the outcome in doubt: only a unit with a guard of its own may run again.
 * - `shed`: no connection to be had in time; refuse work instead of queueing it.
 * - `fault`: anything else, errors that never saw a database included.
 */
export type DatabaseErrorClass = 'retry' | 'result' | 'busy' | 'reconnect' | 'shed' | 'fault';

/**
 * Classifies what `pg`, Prisma's driver adapter or Prisma's client threw. Looks for the SQLSTATE first (in the error, its causes and Prisma's `meta`),
 * then for the adapter's kind, then for Prisma's own code, last for the texts of errors without any code.
 *
 * @see docs/reliability.md, database errors. Prisma's codes: https://www.prisma.io/docs/orm/reference/error-reference
 */
export function classifyDatabaseError(error: unknown): DatabaseErrorClass {
  const links = chainOf(error);
  for (const classify of [bySqlState, byKind, byPrismaCode, bySystemCode, byText]) {
    for (const link of links) {
      const found = classify(link);
      if (found !== null) return found;
    }
  }
  return 'fault';
}

/** A member of an error-like object; never throws. */
const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** The error, its causes, and what Prisma keeps in `meta.driverAdapterError`, outermost first. */
function chainOf(error: unknown): readonly unknown[] {
  const links: unknown[] = [];
  const open = [error];
  while (open.length > 0 && links.length < 12) {
    const link = open.shift();
    if (typeof link !== 'object' || link === null || links.includes(link)) continue;
    links.push(link);
    open.push(member(link, 'cause'), member(member(link, 'meta'), 'driverAdapterError'));
  }
  return links;
}

function bySqlState(link: unknown): DatabaseErrorClass | null {
  for (const name of ['originalCode', 'code']) {
    const code = member(link, name);
    // Prisma's codes have five characters, too: P1001. PL/pgSQL's own begin with P0.
    if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^P[1-9]/.test(code) || systemCodes.has(code)) continue;
    return ofSqlState(code);
  }
  return null;
}

/** Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function ofSqlState(code: string): DatabaseErrorClass {
  if (code === '40001' || code === '40P01') return 'retry';
  if (code === '23505') return 'result';
  if (code === '55P03') return 'busy';
  // Class 08: connection exceptions. 57P01 to 57P05: the server ends or does not take sessions. 25006: a former primary.
  if (code.startsWith('08') || /^57P0[1-5]$/.test(code) || code === '25006') return 'reconnect';
  // Class 53: too many connections, out of memory, disk full.
  return code.startsWith('53') ? 'shed' : 'fault';
}

function byKind(link: unknown): DatabaseErrorClass | null {
  switch (member(link, 'kind')) {
    case 'TransactionWriteConflict':
      return 'retry';
    case 'UniqueConstraintViolation':
      return 'result';
    case 'DatabaseNotReachable':
    case 'ConnectionClosed':
    case 'SocketTimeout':
      return 'reconnect';
    case 'TooManyConnections':
      return 'shed';
    default:
      return null;
  }
}

function byPrismaCode(link: unknown): DatabaseErrorClass | null {
  switch (member(link, 'code')) {
    case 'P2034':
      return 'retry';
    case 'P2002':
    case 'P2025':
      return 'result';
    case 'P1001':
    case 'P1002':
    case 'P1008':
    case 'P1017':
      return 'reconnect';
    case 'P2024':
    case 'P2037':
      return 'shed';
    case 'P2028':
      return /unable to start/i.test(messageOf(link)) ? 'shed' : 'fault';
    default:
      return null;
  }
}

const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const bySystemCode = (link: unknown): DatabaseErrorClass | null => (systemCodes.has(String(member(link, 'code'))) ? 'reconnect' : null);

/** `pg` and `pg-pool` throw plain errors for what happens outside a statement. */
function byText(link: unknown): DatabaseErrorClass | null {
  const message = messageOf(link);
  if (message.includes('timeout exceeded when trying to connect')) return 'shed';
  return /connection terminated|connection error and is not queryable|client was closed|pool after calling end|query read timeout/i.test(
    message,
  )
    ? 'reconnect'
    : null;
}

function messageOf(link: unknown): string {
  const message = member(link, 'message');
  return typeof message === 'string' ? message : '';
}
