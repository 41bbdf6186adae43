import { MailRefusedError, MailUnavailableError } from '../../ports/mailer.ts';

/** What nodemailer tells of a failure; `permanent` is set with an SMTP reply alone. */
interface SmtpFailure {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly permanent?: unknown;
}

// The server wants other credentials: every mail would fare the same (RFC 4954 §6).
const aboutCredentials: readonly unknown[] = [530, 534, 535, 538];

/** A reply of 5xx is about this mail where it answers its recipient or its contents; elsewhere it is about us. 552: too large (RFC 5321 §4.2.3). */
const isAboutThisMail = ({ command, responseCode }: SmtpFailure): boolean =>
  (command === 'RCPT TO' || command === 'DATA' || responseCode === 552) && !aboutCredentials.includes(responseCode);

/** Refused here, before anything was sent: no recipient, no sender, or too large for what the server announced. */
const isRefusedHere = ({ code, command, responseCode }: SmtpFailure): boolean =>
  responseCode === undefined && (code === 'EMESSAGE' || (code === 'EENVELOPE' && command === 'API'));

/** What an error of nodemailer means for the mail. Everything that is not certainly a no is worth another try. */
export function toMailError(error: unknown): MailRefusedError | MailUnavailableError {
  const failure: SmtpFailure = typeof error === 'object' && error !== null ? error : {};
  const code = codeOf(failure);
  const options = { cause: error };
  if ((failure.permanent === true && isAboutThisMail(failure)) || isRefusedHere(failure)) return new MailRefusedError(code, options);
  const anotherMight = failure.permanent === false && failure.responseCode !== 421 && isAboutThisMail(failure);
  return new MailUnavailableError(code, anotherMight ? 'MAIL' : 'SERVER', options);
}

/** Reply, system error or nodemailer's own code, whichever is nearest to what happened. */
function codeOf({ responseCode, originalCode, code }: SmtpFailure): string {
  const [known] = [responseCode, originalCode, code].filter((one) => typeof one === 'string' || typeof one === 'number');
  const text = String(known ?? 'UNKNOWN');
  return /^[A-Z0-9_]{1,40}$/.test(text) ? text : 'UNKNOWN';
}
