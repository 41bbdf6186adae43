/**
 * An error with the SQLSTATE that PostgreSQL would have given, so that what classifies its errors takes this one alike.
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export class MemoryDatabaseError extends Error {
  override readonly name = 'MemoryDatabaseError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Transactions wait for each other in a circle; the one that closed it is rolled back. */
export const deadlock = (): MemoryDatabaseError => new MemoryDatabaseError('40P01', 'deadlock detected');

/** A row of that key is there already. */
export const uniqueViolation = (table: string, index: string): MemoryDatabaseError =>
  new MemoryDatabaseError('23505', `duplicate key value violates unique constraint "${table}_${index}"`);

/** An earlier statement of the transaction failed: nothing but its end is accepted. */
export const inFailedTransaction = (): MemoryDatabaseError => new MemoryDatabaseError('25P02', 'current transaction is aborted');

/** The connection is gone, and the transaction with it. */
export const terminated = (): MemoryDatabaseError =>
  new MemoryDatabaseError('57P01', 'terminating connection due to administrator command');

/** A lock was waited for longer than the role may. */
export const lockTimeout = (): MemoryDatabaseError => new MemoryDatabaseError('55P03', 'canceling statement due to lock timeout');

/** A row broke a CHECK. */
export const checkViolation = (table: string, check: string): MemoryDatabaseError =>
  new MemoryDatabaseError('23514', `new row for relation "${table}" violates check constraint "${check}"`);
