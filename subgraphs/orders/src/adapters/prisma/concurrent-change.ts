/** A guarded row had changed since it was read. Carries the SQLSTATE of a lost race (40001), so that the unit of work runs again from a fresh read. */
export class ConcurrentChangeError extends Error {
  override readonly name = 'ConcurrentChangeError';
  readonly code = '40001';
  readonly retryable = true;
}
