import { crashPoint, ok, refuse, type Clock, type Outcome } from '@tally/kernel';
import { parseEmail, type Credentials } from '../domain/account.ts';
import { admit } from '../domain/login-attempts.ts';
import { isTooLong, normalisePassword } from '../domain/password-rules.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { SignAccess } from '../ports/access-tokens.ts';
import { HasherBusyError, type PasswordHasher, type Verdict } from '../ports/password-hasher.ts';
import type { RefreshTokens, TokenHash } from '../ports/refresh-tokens.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import type { UsersTelemetry } from '../telemetry.ts';
import { openSession, toSignIn, type SignIn } from './open-session.ts';

export interface LogIn {
  readonly email: string;
  readonly password: string;
}

interface Deps {
  readonly transact: UnitOfWork;
  readonly hasher: PasswordHasher;
  readonly tokens: RefreshTokens;
  readonly signAccess: SignAccess;
  readonly clock: Clock;
  readonly telemetry: UsersTelemetry;
}

/** Unknown account and wrong password give the same answer after the same work, and count against the same limit. */
export function createLogIn(deps: Deps) {
  const { transact, hasher, tokens, signAccess, clock, telemetry } = deps;

  /** Counted before the password is looked at, and committed: an attempt that is cut off has counted. */
  const countAttempt = (subject: TokenHash, email: string | null) =>
    transact(async ({ attempts, accounts }) => {
      const admission = admit(await attempts.lock(subject), clock());
      if (admission.next !== null) await attempts.keep(subject, admission.next);
      const credentials = email === null || admission.kind === 'delay' ? null : await accounts.byEmail(email);
      return { admission, credentials };
    });

  async function check(credentials: Credentials | null, given: string): Promise<{ verdict: Verdict; renewed: string | null }> {
    // No account has such a password; the work is done all the same.
    if (isTooLong(given)) return { verdict: await hasher.verify(null, ''), renewed: null };
    const password = normalisePassword(given);
    const verdict = await hasher.verify(credentials?.passwordHash ?? null, password);
    // Renewing can wait for the next sign-in.
    const renewed = verdict === 'stale' ? await hasher.hash(password).catch(nullIfBusy) : null;
    return { verdict, renewed };
  }

  return async function logIn(command: LogIn): Promise<Outcome<SignIn, Refusal>> {
    const email = parseEmail(command.email);
    // Text that can be no address is counted and hashed like any other.
    const subject = tokens.hashOf(email ?? command.email);
    const { admission, credentials } = await countAttempt(subject, email);
    if (admission.kind === 'delay') {
      telemetry.loggedIn('limited');
      return refuse({ kind: 'RATE_LIMITED', retryAfterMs: admission.retryAfterMs });
    }

    const checked = await check(credentials, command.password).catch(nullIfBusy);
    if (checked === null) {
      telemetry.loggedIn('busy');
      return refuse({ kind: 'RATE_LIMITED', retryAfterMs: 1_000 });
    }
    if (credentials === null || checked.verdict === 'wrong') {
      telemetry.loggedIn('refused');
      return refuse({ kind: 'BAD_CREDENTIALS' });
    }

    const { account, passwordHash } = credentials;
    const opened = await transact(async (unit) => {
      await unit.attempts.forget(subject);
      if (checked.renewed !== null) await unit.accounts.replaceHash(account.id, passwordHash, checked.renewed);
      return openSession(unit, account, { tokens, clock });
    });
    crashPoint('session.open.after');
    telemetry.loggedIn('succeeded');
    return ok(await toSignIn(signAccess, opened));
  };
}

function nullIfBusy(error: unknown): null {
  if (error instanceof HasherBusyError) return null;
  throw error;
}
