import { ok, refuse, type Clock, type Outcome } from '@tally/kernel';
import { parseEmail } from '../domain/account.ts';
import { admit } from '../domain/login-attempts.ts';
import { maxPasswordLength, normalisePassword } from '../domain/password-rules.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { SignAccess } from '../ports/access-tokens.ts';
import { HasherBusyError, type PasswordHasher } from '../ports/password-hasher.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import type { UsersTelemetry } from '../telemetry.ts';
import { hashOf, newRefreshToken, openSession, toSignIn, type SignIn } from './open-session.ts';

export interface LogIn {
  readonly email: string;
  readonly password: string;
}

/** Unknown account and wrong password give the same answer after the same work, and count against the same limit. */
export function createLogIn(deps: { transact: UnitOfWork; hasher: PasswordHasher; signAccess: SignAccess; clock: Clock; telemetry: UsersTelemetry }) {
  const { transact, hasher, signAccess, clock, telemetry } = deps;
  return async function logIn(command: LogIn): Promise<Outcome<SignIn, Refusal>> {
    // Text that can be no address is counted and hashed like any other.
    const email = parseEmail(command.email) ?? command.email.slice(0, 254).toLowerCase();
    const subject = hashOf(email);
    const { admission, credentials } = await transact(async ({ accounts, sessions }) => {
      const verdict = admit(await sessions.lockAttempts(subject), clock());
      await sessions.keepAttempts(subject, verdict.next);
      return { admission: verdict, credentials: await accounts.byEmail(email) };
    });
    if (admission.kind === 'delay') {
      telemetry.loggedIn('limited');
      return refuse({ kind: 'RATE_LIMITED', retryAfterMs: admission.retryAfterMs });
    }

    const password = normalisePassword(command.password).slice(0, maxPasswordLength * 2);
    let verdict;
    let renewed: string | null = null;
    try {
      verdict = await hasher.verify(credentials?.passwordHash ?? null, password);
      if (verdict === 'stale') renewed = await hasher.hash(password);
    } catch (error) {
      if (error instanceof HasherBusyError) return refuse({ kind: 'RATE_LIMITED', retryAfterMs: error.retryAfterMs });
      throw error;
    }
    if (credentials === null || verdict === 'wrong') {
      telemetry.loggedIn('refused');
      return refuse({ kind: 'BAD_CREDENTIALS' });
    }

    const { account } = credentials;
    const refreshToken = newRefreshToken();
    const session = await transact(async (unit) => {
      await unit.sessions.keepAttempts(subject, null);
      if (renewed !== null) await unit.accounts.replaceHash(account.id, renewed);
      return openSession(unit, account, refreshToken, clock);
    });
    telemetry.loggedIn('succeeded');
    return ok(await toSignIn(signAccess, account, session, refreshToken));
  };
}
