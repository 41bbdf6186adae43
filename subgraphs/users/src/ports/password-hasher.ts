/** Too many sign-ins wait for the hasher. Retryable after a moment; nothing was changed. */
export class HasherBusyError extends Error {
  override readonly name = 'HasherBusyError';
  readonly retryable = true;
  readonly retryAfterMs = 1_000;
}

/** Passwords never run on the event loop: hashing has a bounded queue of its own. */
export interface PasswordHasher {
  /** PHC text. @throws {HasherBusyError} 100 are waiting. */
  hash(password: string): Promise<string>;
  /**
   * Takes like time whether the hash is right, wrong or absent. `null` stands for an account that does not exist.
   *
   * @returns `stale`: right, but made with older parameters; hash it again. @throws {HasherBusyError} 100 are waiting.
   */
  verify(passwordHash: string | null, password: string): Promise<'right' | 'stale' | 'wrong'>;
}
