import type { Outcome } from '@tally/kernel';
import type { Account } from '../domain/account.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { SignIn } from '../use-cases/open-session.ts';
import { toUserErrors, type UserErrorModel } from './user-errors.ts';

export interface AuthPayloadModel {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly expiresAt: Date | null;
  readonly user: Account | null;
  readonly userErrors: UserErrorModel[];
}

export interface UserPayloadModel {
  readonly user: Account | null;
  readonly userErrors: UserErrorModel[];
}

export function toAuthPayload(outcome: Outcome<SignIn, Refusal>): AuthPayloadModel {
  if (!outcome.ok) return { accessToken: null, refreshToken: null, expiresAt: null, user: null, userErrors: toUserErrors(outcome.refusal) };
  const { account, accessToken, refreshToken, expiresAt } = outcome.value;
  return { accessToken, refreshToken, expiresAt, user: account, userErrors: [] };
}

export async function toUserPayload(outcome: Outcome<null, Refusal>, user: () => Promise<Account | null>): Promise<UserPayloadModel> {
  return outcome.ok ? { user: await user(), userErrors: [] } : { user: null, userErrors: toUserErrors(outcome.refusal) };
}
