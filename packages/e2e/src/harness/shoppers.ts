import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessAudience, accessIssuer, createSigner, type SigningKey } from '@tally/identity';
import { newId } from '@tally/kernel';
import { seedUserId } from '../../../../prisma/users/seed.ts';

/** Tokens of buyers, by the kind of purchase that each stands for. */
export const purchaseKinds = [
  'tok_ok',
  'tok_declined',
  'tok_timeout_after',
  'tok_capture_timeout_after',
  'tok_action_required',
  'tok_slow_3s',
  'tok_captures_at_once',
  'tok_void_timeout_after',
] as const;

export type PurchaseKind = (typeof purchaseKinds)[number];

/**
 * Access tokens for seeded users, signed with the system's own key: signing in is not what is tried here.
 *
 * @returns a function from a buyer's number to a fresh token.
 */
export async function openTokens(dataDir: string): Promise<(buyer: number) => Promise<string>> {
  const key = JSON.parse(await readFile(join(dataDir, 'keys', 'users.json'), 'utf8')) as SigningKey;
  const signer = createSigner({ kind: 'access', issuer: accessIssuer, key });
  const sessions = new Map<number, ReturnType<typeof newId<'ses'>>>();
  return async (buyer) => {
    const sessionId = sessions.get(buyer) ?? newId('ses');
    sessions.set(buyer, sessionId);
    const { token } = await signer.sign({ kind: 'user', userId: seedUserId(buyer), sessionId, scopes: [] }, accessAudience);
    return token;
  };
}
