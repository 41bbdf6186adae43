import type { DatabaseUrls } from '@tally/embedded';
import { seedPaymentMethods } from '../payments/seed.ts';
import { seedProducts } from '../products/seed.ts';
import { demoAccounts, seedUsers } from '../users/seed.ts';

export { demoAccounts };

/** A tier names how much is loaded: see docs/testing.md. */
export type Tier = 'ci';

/**
 * Loads a tier into fresh schemas, together with the outbox rows of what it creates: replicas fill by the same events as in production. Does nothing
 * where rows exist already.
 *
 * @param progress called with a word for each part as it begins.
 */
export async function seedPlatform(options: { urls: DatabaseUrls; pepper: string; tier: Tier; progress?: (part: string) => void }): Promise<void> {
  const { urls, pepper, tier, progress } = options;
  progress?.('accounts');
  await seedUsers({ url: urls.users.app, pepper, tier });
  progress?.('catalogue');
  await seedProducts({ ownerOrAppUrl: urls.products.app, tier });
  progress?.('payment methods');
  await seedPaymentMethods({
    url: urls.payments.app,
    methods: demoAccounts.map(({ id }) => ({ userId: id, token: 'tok_ok', isDefault: true })),
  });
}
