import { createTransport } from 'nodemailer';
import { headerFault } from '../../domain/sendable.ts';
import { MailRefusedError, type Mailer } from '../../ports/mailer.ts';
import { toMailError } from './failures.ts';

/**
 * Mails over SMTP, on connections that are kept.
 *
 * @param options.url `smtp:` or `smtps:`, with credentials if the server wants them.
 * @param options.connections at once.
 * @param options.timeoutMs from the first byte to the server's answer; also the longest silence.
 */
export function createSmtpMailer(options: { readonly url: string; readonly connections: number; readonly timeoutMs: number }): Mailer {
  const { url, connections, timeoutMs } = options;
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    // A connection that ends while a mail is under way leaves open whether it was taken. The queue tries again, where it is counted.
    maxRequeues: 0,
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      const fault = headerFault(mail);
      if (fault !== null) throw new MailRefusedError(fault);
      const { messageId, from, to, subject, text, html } = mail;
      try {
        await transport.sendMail({
          messageId: `<${messageId}>`,
          from,
          // An object is taken as it is; a text would be read as a list of addresses.
          to: { name: '', address: to },
          subject,
          text,
          html,
          // No reply by a machine (RFC 3834 §5).
          headers: { 'Auto-Submitted': 'auto-generated' },
          xMailer: false,
          signal: AbortSignal.timeout(timeoutMs),
        });
      } catch (error) {
        throw toMailError(error);
      }
    },
    async [Symbol.asyncDispose]() {
      transport.close({ force: true });
    },
  };
}
