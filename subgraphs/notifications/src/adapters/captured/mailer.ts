import { headerFault } from '../../domain/sendable.ts';
import { MailRefusedError, type Mailer, type OutgoingMail } from '../../ports/mailer.ts';

/** Mails kept for a look; older ones are forgotten. What users were told stands in its rows, whatever is forgotten here. */
const kept = 100;

/** A mailer that takes every mail and sends none. */
export interface CapturedMailer extends Mailer {
  /** The newest mails, oldest first. */
  readonly taken: readonly OutgoingMail[];
}

/** For machines without a mail server: a mail is read through the API, as its notification. */
export function createCapturedMailer(): CapturedMailer {
  const taken: OutgoingMail[] = [];
  return {
    taken,
    async send(mail) {
      const fault = headerFault(mail);
      if (fault !== null) throw new MailRefusedError(fault);
      taken.push(mail);
      if (taken.length > kept) taken.shift();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
