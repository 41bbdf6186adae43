import type { Headers } from '../domain/sendable.ts';

/** One mail to one address: plain text, and the same in HTML. */
export interface OutgoingMail extends Headers {
  readonly text: string;
  readonly html: string;
}

/** This mail will never be taken: 5xx for its recipient or its contents, or it is not one mail to one address. Not retryable. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
  readonly retryable = false;
  /** A class of error or an SMTP code, never an address or a text of the server. */
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`the mail is refused: ${code}`, options);
    this.code = code;
  }
}

/** The mail was not taken now, or nobody knows whether it was. Retryable, under the same Message-ID. */
export class MailUnavailableError extends Error {
  override readonly name = 'MailUnavailableError';
  readonly retryable = true;
  /** As in `MailRefusedError`. */
  readonly code: string;
  /** `SERVER`: no mail would be taken at the moment. `MAIL`: another one might. */
  readonly affects: 'SERVER' | 'MAIL';

  constructor(code: string, affects: 'SERVER' | 'MAIL', options?: ErrorOptions) {
    super(`the mail server is not available: ${code}`, options);
    this.code = code;
    this.affects = affects;
  }
}

/**
 * A way for mails to leave. Several may be under way at once; nothing is retried inside. Held by test/contract/mailer.contract.ts.
 *
 * @see docs/reliability.md, leases and fencing: a mail whose sender died may be sent again, which its Message-ID shows.
 */
export interface Mailer extends AsyncDisposable {
  /**
   * Resolves once the server has taken the mail, within the time that the mailer was made with.
   *
   * @throws {MailRefusedError} never again.
   * @throws {MailUnavailableError} later.
   */
  send(mail: OutgoingMail): Promise<void>;
}
