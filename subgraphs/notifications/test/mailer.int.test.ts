import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createCapturedMailer } from '../src/adapters/captured/mailer.ts';
import { createSmtpMailer } from '../src/adapters/nodemailer/mailer.ts';
import { MailRefusedError, MailUnavailableError } from '../src/ports/mailer.ts';
import { aMail, mailerContract } from './contract/mailer.contract.ts';
import { startMailServer, type Refusal } from './mail-server.ts';

const withoutBrackets = (messageId: string): string => messageId.replaceAll(/[<>]/g, '');

async function anSmtpMailer(options: { readonly timeoutMs?: number } = {}) {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startMailServer());
  const mailer = stack.use(createSmtpMailer({ url: server.url, connections: 3, timeoutMs: options.timeoutMs ?? 5_000 }));
  const owned = stack.move();
  return {
    server,
    mailer,
    taken: () => server.taken.map((mail) => ({ ...mail, to: mail.to.join(), messageId: withoutBrackets(mail.messageId) })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

mailerContract('SMTP', () => anSmtpMailer());

mailerContract('captured', async () => {
  const mailer = createCapturedMailer();
  return { mailer, taken: () => mailer.taken, [Symbol.asyncDispose]: () => mailer[Symbol.asyncDispose]() };
});

test('a captured mail is forgotten after a hundred newer ones', async () => {
  await using mailer = createCapturedMailer();
  for (let at = 0; at < 101; at += 1) await mailer.send(aMail({ messageId: `ntf_${String(at)}@tally.invalid` }));

  expect(mailer.taken.map(({ messageId }) => messageId).slice(0, 1)).toEqual(['ntf_1@tally.invalid']);
  expect(mailer.taken).toHaveLength(100);
});

test('headers name sender and recipient, tell machines not to answer, and nothing else of ours', async () => {
  await using given = await anSmtpMailer();
  await given.mailer.send(aMail());

  const [mail] = given.server.taken;
  expect(mail?.from).toBe('shop@tally.invalid');
  expect(mail?.headers.get('from')).toBe('Tally <shop@tally.invalid>');
  expect(mail?.headers.get('to')).toBe('ada@example.com');
  expect([...(mail?.headers.keys() ?? [])].sort()).toEqual(
    ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'].sort(),
  );
});

const refused: readonly (readonly [Refusal, string])[] = [
  [{ to: 'RCPT', code: 550 }, '550'],
  [{ to: 'RCPT', code: 553 }, '553'],
  [{ to: 'DATA', code: 552 }, '552'],
  [{ to: 'DATA', code: 554 }, '554'],
];

test.each(refused)('%o is a no for this mail, and the connection serves the next', async (refusal, code) => {
  await using given = await anSmtpMailer();
  given.server.answer(refusal);

  const error = await given.mailer.send(aMail()).catch((caught: unknown) => caught);
  given.server.answer(null);
  await given.mailer.send(aMail());

  expect(error).toBeInstanceOf(MailRefusedError);
  expect(error).toMatchObject({ code, retryable: false });
  expect(given.taken()).toHaveLength(1);
});

const later: readonly (readonly [Refusal, 'MAIL' | 'SERVER'])[] = [
  [{ to: 'RCPT', code: 450 }, 'MAIL'],
  [{ to: 'DATA', code: 451 }, 'MAIL'],
  [{ to: 'RCPT', code: 421 }, 'SERVER'],
  [{ to: 'RCPT', code: 530 }, 'SERVER'],
];

test.each(later)('%o is worth another try, and affects the %s', async (refusal, affects) => {
  await using given = await anSmtpMailer();
  given.server.answer(refusal);

  const error = await given.mailer.send(aMail()).catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(MailUnavailableError);
  expect(error).toMatchObject({ code: String(refusal.code), affects, retryable: true });
});

test('a server that is away is worth another try, and takes mails again when it is back', async () => {
  await using given = await anSmtpMailer();
  await given.mailer.send(aMail({ messageId: 'ntf_1@tally.invalid' }));
  await given.server.goAway();

  const error = await given.mailer.send(aMail({ messageId: 'ntf_2@tally.invalid' })).catch((caught: unknown) => caught);
  await given.server.comeBack();
  await given.mailer.send(aMail({ messageId: 'ntf_2@tally.invalid' }));

  expect(error).toMatchObject({ name: 'MailUnavailableError', affects: 'SERVER' });
  expect(given.taken().map(({ messageId }) => messageId)).toEqual(['ntf_1@tally.invalid', 'ntf_2@tally.invalid']);
});

test('a server that says nothing is given up after the time, whatever it holds open', async () => {
  const silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await using mailer = createSmtpMailer({ url: `smtp://127.0.0.1:${String(port)}`, connections: 1, timeoutMs: 150 });

  const error = await mailer.send(aMail()).catch((caught: unknown) => caught);
  silent.close();

  expect(error).toMatchObject({ name: 'MailUnavailableError', affects: 'SERVER' });
});

test('an answer that does not come in time leaves open whether the mail was taken', async () => {
  await using given = await anSmtpMailer({ timeoutMs: 200 });
  given.server.hold(true);

  const error = await given.mailer.send(aMail()).catch((caught: unknown) => caught);

  expect(error).toMatchObject({ name: 'MailUnavailableError', affects: 'SERVER' });
  expect(given.taken()).toHaveLength(1);
});

test('no error tells an address or what the server said', async () => {
  await using given = await anSmtpMailer();
  given.server.answer({ to: 'RCPT', code: 550 });

  const error = await given.mailer.send(aMail()).catch((caught: unknown) => caught);

  expect(String(error)).toBe('MailRefusedError: the mail is refused: 550');
});
