import type { Clock } from '@tally/kernel';
import type { SignAccess } from '../ports/access-tokens.ts';
import type { AccountReads } from '../ports/account-reads.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import type { RefreshTokens } from '../ports/refresh-tokens.ts';
import type { RetentionStore } from '../ports/retention-store.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import type { UsersTelemetry } from '../telemetry.ts';
import { createForgetExpired } from './forget-expired.ts';
import { createRemoveAddress, createSaveAddress } from './keep-addresses.ts';
import { createLogIn } from './log-in.ts';
import { createLogOut } from './log-out.ts';
import { createNameNode, createNameNodes } from './name-nodes.ts';
import { createRefreshSession } from './refresh-session.ts';
import { createRegister } from './register.ts';
import { createViewAccounts } from './view-accounts.ts';

export interface UseCaseDeps {
  readonly transact: UnitOfWork;
  readonly reads: AccountReads;
  readonly retention: RetentionStore;
  readonly hasher: PasswordHasher;
  readonly tokens: RefreshTokens;
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
  viewAccounts: createViewAccounts(deps),
  nameNode: createNameNode(),
  nameNodes: createNameNodes(),
  forgetExpired: createForgetExpired(deps),
});

export type UseCases = ReturnType<typeof createUseCases>;
