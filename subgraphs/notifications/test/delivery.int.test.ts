import { newId, toUuid, type Id } from '@tally/kernel';
import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createSmtpMailer } from '../src/adapters/nodemailer/mailer.ts';
import { createDeliveryQueue } from '../src/adapters/prisma/delivery-queue.ts';
import { createNotificationsTelemetry } from '../src/telemetry.ts';
import { createDeliverMails } from '../src/use-cases/deliver-mails.ts';
import { createLogger } from '@tally/runtime';
import { aNotificationsWorld, quickDelivery, staff, type NotificationsWorld } from './notifications-world.ts';

const from = { name: 'Tally', address: 'shop@tally.invalid' };

/** Another worker's queue on the same tables. */
const anotherQueue = ({ sql }: NotificationsWorld) =>
  createDeliveryQueue({
    rows: async <Row extends object>(text: string, values: readonly unknown[] = []) => (await sql.rows(text, values)) as readonly Row[],
    count: sql.execute,
  });

/** The worker's process stops: its lease runs out in database time. */
const leaseRunsOut = ({ sql }: NotificationsWorld) =>
  sql.execute(`UPDATE notification SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL`);

const messageIds = ({ mailServer }: NotificationsWorld): readonly string[] => mailServer.taken.map(({ messageId }) => messageId);
const messageIdOf = (id: Id<'ntf'>): string => `<${id}@tally.invalid>`;

const resend =
  'mutation ($ids: [ID!]!) { notificationsResend(ids: $ids) { notifications { id status attempts } userErrors { code field } } }';

test('a notification is mailed to its user’s address, as its row says, under its own Message-ID', async () => {
  await using world = await aNotificationsWorld();
  const { userId, ids } = await world.told(1);
  await world.delivered();

  const [row] = await world.rows(userId);
  const [mail] = world.mailServer.taken;
  expect(row).toMatchObject({ status: 'SENT', attempts: 1, lease_until: null, last_error: null });
  expect(row?.['sent_at']).toBeInstanceOf(Date);
  expect(mail).toMatchObject({ from: from.address, to: [`${userId}@example.com`], subject: row?.['subject'], html: row?.['html'] });
  expect(mail?.text.trimEnd()).toBe(String(row?.['text']).trimEnd());
  expect(messageIds(world)).toEqual(ids.map(messageIdOf));
});

test('while the mail server is away nothing is lost; when it is back each notification is mailed once', async () => {
  await using world = await aNotificationsWorld();
  await world.mailServer.goAway();
  const { userId, ids } = await world.told(6);
  await eventually(async () => expect((await world.rows(userId)).filter(({ status }) => status === 'FAILED').length).toBeGreaterThan(2));
  expect((await world.rows(userId)).map((row) => row['last_error']).filter((code) => code !== null)).toContain('ECONNREFUSED');

  await world.mailServer.comeBack();
  await world.delivered();

  expect([...messageIds(world)].sort()).toEqual(ids.map(messageIdOf).sort());
  expect((await world.rows(userId)).map(({ status }) => status)).toEqual(ids.map(() => 'SENT'));
});

test('a no for now is tried again, a no for good ends the delivery at once', async () => {
  await using world = await aNotificationsWorld();
  world.mailServer.answer({ to: 'DATA', code: 451 });
  const { userId } = await world.told(1);
  await eventually(async () => expect(Number((await world.rows(userId))[0]?.['attempts'])).toBeGreaterThan(2));
  // At the same place: an attempt under way meets the one or the other.
  world.mailServer.answer({ to: 'DATA', code: 550 });
  await world.delivered();
  const [row] = await world.rows(userId);

  expect(row).toMatchObject({ status: 'DEAD', last_error: '550', lease_until: null, sent_at: null });
  expect(world.mailServer.taken).toEqual([]);
});

test('what has been tried for long enough is given up', async () => {
  await using world = await aNotificationsWorld({ delivery: { giveUpMs: 150 } });
  await world.mailServer.goAway();
  const { userId } = await world.told(2);
  await world.delivered();

  expect((await world.rows(userId)).map((row) => [row['status'], row['last_error']])).toEqual([
    ['DEAD', 'ECONNREFUSED'],
    ['DEAD', 'ECONNREFUSED'],
  ]);
  expect((await world.rows(userId)).every(({ attempts }) => Number(attempts) > 0)).toBe(true);
});

test('an address that never comes is given up without an attempt', async () => {
  await using world = await aNotificationsWorld({ delivery: { giveUpMs: 100 } });
  const { userId } = await world.told(1, newId('usr'));
  await world.delivered();

  expect(await world.rows(userId)).toMatchObject([{ status: 'DEAD', attempts: 0, last_error: 'NO_ADDRESS' }]);
});

test('staff bring back what was given up, and it leaves under the Message-ID it had', async () => {
  await using world = await aNotificationsWorld();
  world.mailServer.answer({ to: 'RCPT', code: 550 });
  const { userId, ids } = await world.told(1);
  await world.delivered();
  world.mailServer.answer(null);

  const { data } = await world.ask(staff, resend, { ids });
  await world.delivered();
  const again = await world.ask(staff, resend, { ids });

  expect(data).toEqual({ notificationsResend: { notifications: [{ id: ids[0], status: 'QUEUED', attempts: 1 }], userErrors: [] } });
  expect(again.data).toMatchObject({ notificationsResend: { notifications: [{ status: 'SENT', attempts: 2 }], userErrors: [] } });
  expect(messageIds(world)).toEqual(ids.map(messageIdOf));
  expect(await world.rows(userId)).toMatchObject([{ status: 'SENT', last_error: null }]);
});

test('a worker whose lease ran out is refused its result, whatever it is', async () => {
  await using world = await aNotificationsWorld({ delivery: { pollMs: 60_000 } });
  world.mailServer.hold(true);
  const { userId } = await world.told(1);
  await eventually(() => expect(world.mailServer.held).toBe(1));
  const queue = anotherQueue(world);
  expect(await queue.claim(10, 30_000)).toEqual([]);

  await leaseRunsOut(world);
  const [second] = await queue.claim(10, 30_000);
  if (second === undefined) throw new Error('nothing to claim');
  const zombie = { ...second, fence: second.fence - 1 };
  expect(await queue.sent(zombie)).toBe(false);
  expect(await queue.failed(zombie, { status: 'DEAD', pauseMs: 0, code: 'ZOMBIE' })).toBe(false);
  world.mailServer.hold(false);
  await world.stop();
  expect(await world.rows(userId)).toMatchObject([{ status: 'QUEUED', fence: 2, attempts: 2, last_error: null }]);

  expect(await queue.sent(second)).toBe(true);
  expect(await world.rows(userId)).toMatchObject([{ status: 'SENT', fence: 2 }]);
});

test('a worker that dies between the server’s answer and its record sends again, under the same Message-ID', async () => {
  await using world = await aNotificationsWorld();
  await world.stop();
  await world.restart({ pollMs: 60_000 });
  world.mailServer.hold(true);
  const { ids } = await world.told(1);
  await eventually(() => expect(world.mailServer.held).toBe(1));
  // As a killed process leaves it: the server has the mail, the row is held and nobody is there.
  await world.sql.execute('UPDATE notification SET fence = fence + 1');
  world.mailServer.hold(false);
  await world.restart();
  await leaseRunsOut(world);
  await world.delivered();

  expect(messageIds(world)).toEqual([messageIdOf(ids[0]!), messageIdOf(ids[0]!)]);
});

test('the only worker takes over at its start what a killed one held', async () => {
  await using world = await aNotificationsWorld({ soleWorker: true });
  world.mailServer.answer({ to: 'DATA', code: 451 });
  const { userId } = await world.told(1);
  await world.stop();
  world.mailServer.answer(null);
  await world.sql.execute(`UPDATE notification SET lease_until = now() + interval '1 hour', fence = fence + 1, next_attempt_at = now()`);

  await world.restart();
  await world.delivered();

  expect(await world.rows(userId)).toMatchObject([{ status: 'SENT' }]);
});

test('several workers share the queue and mail each notification once', async () => {
  await using world = await aNotificationsWorld({ captured: true, delivery: { pollMs: 60_000 } });
  const user = await world.user();
  const { ids } = await world.told(30, user);
  await world.delivered();
  await world.stop();
  await world.sql.execute(`UPDATE notification SET status = 'QUEUED', sent_at = NULL, next_attempt_at = now() - interval '1 s'`);
  await using mailer = createSmtpMailer({ url: world.mailServer.url, connections: 6, timeoutMs: 5_000 });
  const worker = createDeliverMails({
    queue: anotherQueue(world),
    mailer,
    from,
    patience: quickDelivery,
    leaseMs: 30_000,
    telemetry: createNotificationsTelemetry(createLogger({ service: 'test', level: 'silent' })),
    random: () => 0,
  });
  const work = async (): Promise<void> => {
    while ((await worker(3)).claimed > 0);
  };
  await Promise.all([work(), work(), work()]);

  expect([...messageIds(world)].sort()).toEqual(ids.map(messageIdOf).sort());
});

test('without a mail server a notification counts as sent, and is read through the API', async () => {
  await using world = await aNotificationsWorld({ captured: true });
  const { userId } = await world.told(1);
  await world.delivered();

  expect(await world.rows(userId)).toMatchObject([{ status: 'SENT', attempts: 1 }]);
  expect(world.mailServer.taken).toEqual([]);
});

test('a worker that stops lets the mail at hand end', async () => {
  await using world = await aNotificationsWorld();
  world.mailServer.hold(true);
  const { userId } = await world.told(1);
  await eventually(() => expect(world.mailServer.held).toBe(1));

  const stopped = world.stop();
  world.mailServer.hold(false);
  await stopped;

  expect(await world.rows(userId)).toMatchObject([{ status: 'SENT', lease_until: null }]);
});

test('A29 a name with markup, templates and line breaks is only text in the mail', async () => {
  await using world = await aNotificationsWorld();
  const userId = await world.user({ displayName: 'Eve\r\nBcc: all@example.com <script>alert(1)</script> {{7*7}} ${7*7}' });
  await world.told(1, userId);
  await world.delivered();

  const [mail] = world.mailServer.taken;
  expect(mail?.to).toEqual([`${userId}@example.com`]);
  expect(mail?.headers.has('bcc')).toBe(false);
  expect(mail?.subject).not.toMatch(/\p{Cc}/u);
  expect(mail?.html).not.toContain('<script>');
  expect(await world.sql.rows('SELECT id FROM notification WHERE user_id = $1', [toUuid(userId)])).toHaveLength(1);
});

test('A29 an address that is more than one is refused for good', async () => {
  await using world = await aNotificationsWorld();
  const userId = await world.user({ email: 'ada@example.com, eve@example.com' });
  await world.told(1, userId);
  await world.delivered();

  expect(world.mailServer.taken).toEqual([]);
  expect(await world.rows(userId)).toMatchObject([{ status: 'DEAD', last_error: 'ADDRESS' }]);
});
