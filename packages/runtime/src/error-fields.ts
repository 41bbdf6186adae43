const frame = /^\s+at /;
const keptCodes = ['code', 'constraint', 'fault'] as const;
const deepest = 4;

/**
 * What a log line tells of an error: type, message, frames, codes, causes. Other members stay out: drivers keep the values of rows there (`detail` of
 * PostgreSQL, `meta` of Prisma), and Prisma repeats the arguments of a call in its message, of which only the last line is kept
 * (docs/security.md, logs). What is no error comes back as it is.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const message = messageOf(error);
  const codes = Object.fromEntries(
    keptCodes.flatMap((name) => {
      const value = (error as unknown as Readonly<Record<string, unknown>>)[name];
      return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [];
    }),
  );
  const frames = (error.stack ?? '').split('\n').filter((line) => frame.test(line));
  return {
    type: error.name,
    message,
    ...codes,
    stack: [`${error.name}: ${message}`, ...frames].join('\n'),
    ...(error.cause === undefined || depth >= deepest ? {} : { cause: errorFields(causeOf(error.cause), depth + 1) }),
    ...(error instanceof AggregateError && depth < deepest
      ? { errors: (error.errors as readonly unknown[]).slice(0, 3).map((each) => errorFields(each, depth + 1)) }
      : {}),
  };
}

/** A cause that is a plain object is a driver's record of the error: only its codes are told. */
function causeOf(cause: unknown): unknown {
  if (cause instanceof Error || typeof cause !== 'object' || cause === null) return cause;
  const told = ['kind', 'originalCode', ...keptCodes];
  return Object.fromEntries(Object.entries(cause).filter(([name, value]) => told.includes(name) && typeof value === 'string'));
}

function messageOf({ name, message }: Error): string {
  if (!name.startsWith('PrismaClient')) return message;
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim() ?? '';
}
