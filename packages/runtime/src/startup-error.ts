/**
 * The process cannot start. The message is one line for the person in front of the terminal: what is wrong, and what to do about it. Never a stack,
 * never a secret.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: start it, or correct the address',
  ENOTFOUND: 'no such host: correct the address',
  ETIMEDOUT: 'no answer: is it reachable from here?',
  EADDRINUSE: 'the port is taken: stop what uses it, or choose another',
  EACCES: 'not permitted: choose a port above 1023, or a folder that is yours',
  '28P01': 'wrong user or password: correct the URL',
  '28000': 'this user may not log in: correct the URL',
  '3D000': 'no such database: create it, or correct the URL',
};

/**
 * Turns what a driver or a socket threw at start into one line.
 *
 * @param what names the thing without secrets, for example `PostgreSQL of orders at 127.0.0.1:5432`.
 */
export function toStartupError(what: string, cause: unknown): StartupError {
  if (cause instanceof StartupError) return cause;
  const code = codeOf(cause);
  const reason = cause instanceof Error ? firstLine(cause.message) : String(cause);
  return new StartupError(`${what}: ${(code !== undefined && advice[code]) || reason || 'failed'}`, { cause });
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
