import { expect, test } from 'vitest';
import { MailRefusedError, type Mailer, type OutgoingMail } from '../../src/ports/mailer.ts';

/** A mailer and what left through it. */
export interface MailerUnderTest extends AsyncDisposable {
  readonly mailer: Mailer;
  taken(): readonly TakenMail[];
}

type TakenMail = Pick<OutgoingMail, 'to' | 'subject' | 'text' | 'html' | 'messageId'>;

export const aMail = (changes: Partial<OutgoingMail> = {}): OutgoingMail => ({
  messageId: 'ntf_1@tally.invalid',
  from: { name: 'Tally', address: 'shop@tally.invalid' },
  to: 'ada@example.com',
  subject: 'Your order T-1 is confirmed',
  text: 'Hello Ada,\nit is on its way.\n',
  html: '<p>Hello Ada, it is on its way.</p>\n',
  ...changes,
});

const hostile: readonly (readonly [string, Partial<OutgoingMail>])[] = [
  ['a line break in the subject', { subject: 'Hello\r\nBcc: eve@example.com' }],
  ['a bare line feed in the subject', { subject: 'Hello\nBcc: eve@example.com' }],
  ['a null character in the subject', { subject: 'Hello\0' }],
  ['a line break in the recipient', { to: 'ada@example.com\r\nRCPT TO:<eve@example.com>' }],
  ['a second recipient', { to: 'ada@example.com, eve@example.com' }],
  ['a recipient in brackets', { to: 'Ada <ada@example.com>' }],
  ['a group', { to: 'all:ada@example.com;' }],
  ['no recipient', { to: '' }],
  ['a recipient without a domain', { to: 'ada' }],
  ['a line break in the name of the sender', { from: { name: 'Tally\r\nBcc: eve@example.com', address: 'shop@tally.invalid' } }],
  ['a line break in the address of the sender', { from: { name: 'Tally', address: 'shop@tally.invalid\r\nDATA' } }],
  ['a line break in the Message-ID', { messageId: 'ntf_1@tally.invalid>\r\nBcc: <eve@example.com' }],
];

/** What every way for mails to leave must keep. */
export function mailerContract(name: string, open: () => Promise<MailerUnderTest>): void {
  test(`${name}: a mail arrives once, as it was written, under the Message-ID it was given`, async () => {
    await using given = await open();
    const mail = aMail();

    await given.mailer.send(mail);

    expect(given.taken()).toMatchObject([
      { to: mail.to, subject: mail.subject, text: mail.text, html: mail.html, messageId: mail.messageId },
    ]);
  });

  test(`${name}: text in any script, long lines and lines with a single dot survive`, async () => {
    await using given = await open();
    const mail = aMail({
      subject: 'Bestellung „Blåbær“ 🫐 ist unterwegs, und diese Zeile ist so lang, dass sie in einem Kopf umbrochen werden muss',
      text: `Grüße – 日本語\n.\n..\n${'lang '.repeat(400)}\n=20 ist kein Leerzeichen\n`,
      html: `<p>${'ü'.repeat(2_000)} &amp; €</p>\n`,
      from: { name: 'Tally „Shop“, Berlin', address: 'shop@tally.invalid' },
    });

    await given.mailer.send(mail);

    expect(given.taken()).toMatchObject([{ subject: mail.subject, text: mail.text, html: mail.html }]);
  });

  test(`${name}: several mails may be under way at once`, async () => {
    await using given = await open();
    const ids = Array.from({ length: 12 }, (_, at) => `ntf_${String(at)}@tally.invalid`);

    await Promise.all(ids.map((messageId) => given.mailer.send(aMail({ messageId }))));

    expect(
      given
        .taken()
        .map(({ messageId }) => messageId)
        .sort(),
    ).toEqual([...ids].sort());
  });

  test.each(hostile)(`A29 ${name}: %s is refused for good, and nothing leaves`, async (_, changes) => {
    await using given = await open();

    await expect(given.mailer.send(aMail(changes))).rejects.toThrow(MailRefusedError);

    expect(given.taken()).toEqual([]);
  });
}
