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
 * @param progress called with a few words for each part that is not there yet, as it begins.
 */
export async function seedPlatform(options: {
  urls: Readonly<Record<'users' | 'products' | 'payments', { readonly app: string }>>;
  pepper: string;
  tier: Tier;
  progress?: (part: string) => void;
}): Promise<void> {
  const { urls, pepper, tier, progress } = options;
  const told = progress === undefined ? {} : { progress };
  await seedUsers({ url: urls.users.app, pepper, tier, ...told });
  await seedProducts({ ownerOrAppUrl: urls.products.app, tier, ...told });
  await seedPaymentMethods({
    url: urls.payments.app,
    methods: demoAccounts.map(({ id }) => ({ userId: id, token: 'tok_ok', isDefault: true })),
  });
}
