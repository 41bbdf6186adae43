import { crashPoint, newId, ok, refuse, type Clock, type Outcome } from '@tally/kernel';
import { parseDisplayName, parseEmail } from '../domain/account.ts';
import { userChanged } from '../domain/messages.ts';
import { normalisePassword, passwordFault, type PasswordFault } from '../domain/password-rules.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { SignAccess } from '../ports/access-tokens.ts';
import { HasherBusyError, type PasswordHasher } from '../ports/password-hasher.ts';
import type { RefreshTokens } from '../ports/refresh-tokens.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import type { UsersTelemetry } from '../telemetry.ts';
import { openSession, toSignIn, type SignIn } from './open-session.ts';

export interface Register {
  readonly email: string;
  readonly password: string;
  readonly displayName: string | null | undefined;
}

interface Deps {
  readonly transact: UnitOfWork;
  readonly hasher: PasswordHasher;
  readonly tokens: RefreshTokens;
  readonly signAccess: SignAccess;
  readonly clock: Clock;
  readonly telemetry: UsersTelemetry;
}

const faultMessages: Readonly<Record<PasswordFault, string>> = {
  TOO_SHORT: 'Use at least 10 characters.',
  TOO_LONG: 'Use at most 128 characters.',
  WELL_KNOWN: 'This password is among the first that are tried. Choose another.',
};

/** Opens an account and signs in. Says openly that an address is taken: the exception to all other answers about accounts (docs/errors.md). */
export function createRegister(deps: Deps) {
  const { transact, hasher, tokens, signAccess, clock, telemetry } = deps;
  return async function register(command: Register): Promise<Outcome<SignIn, Refusal>> {
    const email = parseEmail(command.email);
    if (email === null) return refuse({ kind: 'INVALID', field: 'email', message: 'This is no e-mail address.' });
    const displayName = parseDisplayName(command.displayName);
    if (displayName === undefined)
      return refuse({ kind: 'INVALID', field: 'displayName', message: 'Use one line of at most 100 characters.' });
    const fault = passwordFault(command.password);
    if (fault !== null) return refuse({ kind: 'WEAK_PASSWORD', message: faultMessages[fault] });

    let passwordHash: string;
    try {
      passwordHash = await hasher.hash(normalisePassword(command.password));
    } catch (error) {
      if (error instanceof HasherBusyError) return refuse({ kind: 'RATE_LIMITED', retryAfterMs: error.retryAfterMs });
      throw error;
    }
    const opened = await transact(async (unit) => {
      const added = await unit.accounts.add({ id: newId('usr'), email, displayName, passwordHash });
      if (added === null) return null;
      await unit.outbox.append(userChanged(added.account, added.sequence));
      return openSession(unit, added.account, { tokens, clock });
    });
    if (opened === null) return refuse({ kind: 'EMAIL_TAKEN' });
    crashPoint('session.open.after');
    telemetry.registered();
    return ok(await toSignIn(signAccess, opened));
  };
}
