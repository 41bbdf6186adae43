import { randomBytes } from 'node:crypto';
import type { PlatformConfig } from '@tally/embedded/app';
import { generateSigningKey } from '@tally/identity';

/** Keys of a system that lives as long as a test. */
export async function freshKeys(): Promise<PlatformConfig['keys']> {
  const [users, gateway] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  return { users, gateway, pepper: randomBytes(32).toString('base64url'), webhookSecret: randomBytes(32).toString('base64url') };
}
