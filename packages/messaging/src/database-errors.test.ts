import { expect, test } from 'vitest';
import { classifyDatabaseError, type DatabaseErrorClass } from './database-errors.ts';

/** An error of Prisma's client. */
const prismaError = (code: string, meta?: object, message = 'Invalid `prisma.order.update()` invocation') =>
  Object.assign(new Error(message), { name: 'PrismaClientKnownRequestError', code, ...(meta === undefined ? {} : { meta }) });

/** What @prisma/adapter-pg throws, and what P2010 and P2039 carry in `meta`. */
const adapterError = (cause: object) => Object.assign(new Error('adapter'), { name: 'DriverAdapterError', cause });

const inMeta = (code: string, cause: object) => prismaError(code, { driverAdapterError: adapterError(cause) });

const system = (code: string, message: string) => Object.assign(new Error(message), { code, errno: -1, syscall: 'connect' });

const shapes: readonly (readonly [string, unknown, DatabaseErrorClass])[] = [
  ['40001 in a model call (P2034)', prismaError('P2034'), 'retry'],
  ['40001 in raw SQL (P2010 with the kind alone)', inMeta('P2010', { kind: 'TransactionWriteConflict' }), 'retry'],
  ['40P01 in raw SQL', inMeta('P2010', { originalCode: '40P01', kind: 'TransactionWriteConflict' }), 'retry'],
  ['40001 at COMMIT (bare adapter error)', adapterError({ kind: 'TransactionWriteConflict' }), 'retry'],
  ['a unique violation in a model call', prismaError('P2002', { modelName: 'Order' }), 'result'],
  ['a unique violation in raw SQL', inMeta('P2010', { originalCode: '23505', kind: 'UniqueConstraintViolation' }), 'result'],
  ['a guarded row that is not there', prismaError('P2025'), 'result'],
  ['a lock that was waited for too long', inMeta('P2039', { originalCode: '55P03', kind: 'postgres', code: '55P03' }), 'busy'],
  ['a lock that was waited for too long, in raw SQL', inMeta('P2010', { kind: 'postgres', code: '55P03', severity: 'ERROR' }), 'busy'],
  ['a terminated backend', inMeta('P2039', { originalCode: '57P01', kind: 'postgres', code: '57P01' }), 'reconnect'],
  ['a terminated backend, in raw SQL', inMeta('P2010', { kind: 'postgres', code: '57P01' }), 'reconnect'],
  ['a connection that ended between statements', new Error('Connection terminated unexpectedly'), 'reconnect'],
  ['a connection that broke earlier', new Error('Client has encountered a connection error and is not queryable'), 'reconnect'],
  ['an unreachable server', prismaError('P1001'), 'reconnect'],
  ['an unreachable server, from the adapter', adapterError({ kind: 'DatabaseNotReachable', host: 'db', port: 5432 }), 'reconnect'],
  ['a refused connection', system('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'reconnect'],
  ['refused on every address', Object.assign(new AggregateError([system('ECONNREFUSED', 'one')]), { code: 'ECONNREFUSED' }), 'reconnect'],
  ['a broken pipe (five characters, yet no SQLSTATE)', system('EPIPE', 'write EPIPE'), 'reconnect'],
  ['a pool that has been closed', new Error('Cannot use a pool after calling end on the pool'), 'reconnect'],
  ['an exhausted pool', new Error('timeout exceeded when trying to connect'), 'shed'],
  [
    'a transaction that could not start',
    prismaError('P2028', {}, 'Transaction API error: Unable to start a transaction in the given time.'),
    'shed',
  ],
  ['too many connections', adapterError({ originalCode: '53300', kind: 'TooManyConnections' }), 'shed'],
  ['a failed check', inMeta('P2039', { originalCode: '23514', kind: 'postgres', code: '23514' }), 'fault'],
  ['a cancelled statement', inMeta('P2010', { originalCode: '57014', kind: 'postgres', code: '57014' }), 'fault'],
  ['a statement in a failed transaction', inMeta('P2010', { originalCode: '25P02', kind: 'postgres', code: '25P02' }), 'fault'],
  ['an expired transaction', prismaError('P2028', {}, 'Transaction API error: Transaction already closed'), 'fault'],
  [
    'a lost connection inside another error',
    new Error('could not load the order', { cause: new Error('Connection terminated unexpectedly') }),
    'reconnect',
  ],
  ['an error of the program', new TypeError('x is not a function'), 'fault'],
  ['something that is no error', 'text', 'fault'],
  ['undefined', undefined, 'fault'],
];

test.each(shapes)('%s is classified', (_shape, error, expected) => {
  expect(classifyDatabaseError(error)).toBe(expected);
});

test('an error that is its own cause is classified', () => {
  const error = new Error('circular');
  error.cause = error;
  expect(classifyDatabaseError(error)).toBe('fault');
});
