import { isId } from '@tally/kernel';
import { hasScope, type Viewer } from '@tally/subgraph-kit';
import type { Account } from '../domain/account.ts';
import type { Context } from './context.ts';

/** Everybody sees their own account; `users:read:any` sees all. */
export const maySee = (viewer: Viewer, userId: string): boolean => (viewer.kind === 'user' && viewer.userId === userId) || hasScope(viewer, 'users:read:any');

/** The account, or `null`: missing and foreign look alike. */
export async function visibleAccount(id: string, { viewer, loaders }: Context): Promise<Account | null> {
  return isId('usr', id) && maySee(viewer, id) ? loaders.accounts.load(id) : null;
}
