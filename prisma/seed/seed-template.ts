import type { DatabaseUrls } from '@tally/embedded';
import { seedPlatform } from './seed.ts';

/** Pepper of the accounts in seeded test databases: whoever starts `users` on a clone hands it in. */
export const templatePepper = 'pepper of throw-away test systems';

/** Fills the template that seeded test databases are cloned from. */
export const seedTemplate = ({ urls }: { urls: DatabaseUrls }): Promise<void> => seedPlatform({ urls, pepper: templatePepper, tier: 'ci' });
