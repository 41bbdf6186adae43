import type { Id } from '@tally/kernel';

/** As whom somebody looks at accounts. */
export interface Onlooker {
  /** `null`: not a person, or nobody. */
  readonly userId: Id<'usr'> | null;
  /** Holds `users:read:any`. */
  readonly seesAll: boolean;
}

/** Everybody sees their own account; others are as if they did not exist. */
export const maySee = ({ userId, seesAll }: Onlooker, accountId: Id<'usr'>): boolean => seesAll || userId === accountId;
