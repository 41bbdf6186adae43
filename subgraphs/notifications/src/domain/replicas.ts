import type { Id } from '@tally/kernel';
import type { MailOrder } from './mails/mail.ts';

/** Where a user is reached, as users told it. */
export interface Contact {
  readonly userId: Id<'usr'>;
  readonly email: string;
  readonly displayName: string | null;
  /** BCP 47. */
  readonly locale: string;
}

/** An order as it was placed. */
export interface KnownOrder extends MailOrder {
  readonly buyerId: Id<'usr'>;
}
