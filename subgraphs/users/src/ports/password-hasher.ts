/** Too many sign-ins wait for the hasher. Retryable after a moment; nothing was changed. */
export class HasherBusyError extends Error {
  override readonly name = 'HasherBusyError';
  readonly retryable = true;
  readonly retryAfterMs = 1_000;
}

/** What a password was worth. `stale`: right, but the hash was made with other parameters than today's: make it again. */
export type Verdict = 'right' | 'stale' | 'wrong';

/** Passwords are never hashed on the event loop, and their queue is bounded. */
export interface PasswordHasher {
  /** @returns PHC text of Argon2id. @throws {HasherBusyError} 100 are waiting. */
  hash(password: string): Promise<string>;
  /**
   * Does the same work whether the hash is right, wrong or absent. `null` stands for an account that does not exist; so does a hash that is none of ours.
   *
   * @throws {HasherBusyError} 100 are waiting.
   */
  verify(passwordHash: string | null, password: string): Promise<Verdict>;
}
