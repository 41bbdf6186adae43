import type { LoginAttempts } from '../domain/login-attempts.ts';
import type { TokenHash } from './refresh-tokens.ts';

/**
 * Attempts to sign in, by the SHA-256 of an account name that may or may not exist: names of strangers are not kept. On an open transaction; each call is
 * one statement.
 *
 * @throws database errors as they come, from every method; the unit of work decides about repeats.
 */
export interface AttemptsStore {
  /** Locks what is known about a name, also when nothing is: two first attempts at once do not both count as the first. */
  lock(subject: TokenHash): Promise<LoginAttempts | null>;
  keep(subject: TokenHash, attempts: LoginAttempts): Promise<void>;
  forget(subject: TokenHash): Promise<void>;
}
