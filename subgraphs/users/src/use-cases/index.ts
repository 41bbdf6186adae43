import type { Clock } from '@tally/kernel';
import type { SignAccess } from '../ports/access-tokens.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import type { UsersTelemetry } from '../telemetry.ts';
import { createRemoveAddress, createSaveAddress } from './keep-addresses.ts';
import { createLogIn } from './log-in.ts';
import { createLogOut } from './log-out.ts';
import { createRefreshSession } from './refresh-session.ts';
import { createRegister } from './register.ts';

export interface UseCaseDeps {
  readonly transact: UnitOfWork;
  readonly hasher: PasswordHasher;
  readonly signAccess: SignAccess;
  readonly clock: Clock;
  readonly telemetry: UsersTelemetry;
}

export const createUseCases = (deps: UseCaseDeps) => ({
  register: createRegister(deps),
  logIn: createLogIn(deps),
  refreshSession: createRefreshSession(deps),
  logOut: createLogOut(deps),
  saveAddress: createSaveAddress(deps),
  removeAddress: createRemoveAddress(deps),
});

export type UseCases = ReturnType<typeof createUseCases>;
