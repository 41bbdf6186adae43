import { eventually, startFaultProxy, type FaultProxy } from '@tally/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPeople } from '../src/client/people.ts';
import type { Shopper } from '../src/client/shopper.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { freePort } from '../src/topologies/app-process.ts';
import { signInOn } from './devices.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { startMailServer, type MailServer, type TakenMail } from './mail-server.ts';
import { startInOneProcess, type InOneProcess } from '../src/topologies/in-one-process.ts';
import { printOnFailure } from './print-on-failure.ts';

const stack = new AsyncDisposableStack();
let proxy: FaultProxy;
let mailPort: number;
let system: InOneProcess;
let world: World;
let variantId: string;
let buyers: readonly Shopper[];

/** Together one less than somebody may send in a minute: the second test sends the last. */
const [people, confirmedEach, declinedEach] = [5, 7, 2];

beforeAll(async () => {
  const database = stack.use(await cloneEmptyShop());
  mailPort = await freePort();
  proxy = stack.use(await startFaultProxy(`smtp://127.0.0.1:${String(mailPort)}`));
  system = stack.use(
    await startInOneProcess(database, {
      smtpUrl: proxy.through('smtp://127.0.0.1'),
      delivery: { firstPauseMs: 100, longestPauseMs: 1_000, pollMs: 100, sendTimeoutMs: 5_000, leaseMs: 10_000 },
    }),
  );
  world = stack.use(openWorld(system.urls));
  const staff = await createPeople(world.graph, system.keys.users).staff();
  const { variants } = await staff.createProduct({ stock: [1_000] });
  variantId = variants[0]?.id ?? '';
  buyers = (await Promise.all(Array.from({ length: people }, () => signInOn(1, world.graph)))).flatMap(([device]) => device?.shopper ?? []);
}, 60_000);
afterAll(() => stack.disposeAsync(), 60_000);

/** An order with what its buyer is told about it. */
interface Told {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly notifications: readonly { readonly template: string; readonly status: string; readonly subject: string }[];
}

/** An order that was placed, and by whom. */
interface Placed {
  readonly orderId: string;
  readonly buyer: Shopper;
  readonly declined: boolean;
}

async function place(buyer: Shopper, declined: boolean): Promise<Placed> {
  const paymentMethodId = await buyer.addPaymentMethod(declined ? 'tok_declined' : 'tok_ok', { makeDefault: false });
  const { id: orderId } = await buyer.order({ lines: [{ variantId, quantity: 1 }], paymentMethodId });
  return { orderId, buyer, declined };
}

async function told({ orderId, buyer }: Placed): Promise<Told> {
  const query = `query Told($id: ID!) { order(id: $id) { id number status notifications { template status subject } } }`;
  const { data, errors } = await world.graph.post(JSON.stringify({ query, variables: { id: orderId } }), { token: buyer.token });
  expect(errors).toEqual([]);
  return (data as { readonly order: Told }).order;
}

/** Waits until the notification of every order has one of these statuses. @returns the orders as they then are. */
function untilMailsAre(statuses: readonly string[], placed: readonly Placed[]): Promise<readonly Told[]> {
  return eventually(
    async () => {
      const orders = await Promise.all(placed.map(told));
      const found = orders.map(({ notifications }) => notifications.map(({ status }) => status).join());
      for (const status of found) expect(statuses).toContain(status);
      return orders;
    },
    { timeoutMs: 30_000 },
  );
}

/** What the mails of each order are, in the order of the orders. */
function mailsOf(orders: readonly Told[], { taken }: MailServer): readonly (readonly TakenMail[])[] {
  return orders.map(({ number }) => taken.filter(({ subject }) => subject.includes(number)));
}

const expected = ({ declined, buyer }: Placed, { number }: Told) =>
  declined
    ? { to: buyer.email, subject: `Order ${number}: the payment did not go through` }
    : { to: buyer.email, subject: `Order ${number} is confirmed` };

test('while the mail server is away orders are confirmed and told through the graph; once it is back each has its one mail', async () => {
  printOnFailure(() => system.logs());
  const placed: Placed[] = [];
  await Promise.all(
    buyers.map(async (buyer) => {
      for (let n = 0; n < confirmedEach + declinedEach; n += 1) placed.push(await place(buyer, n >= confirmedEach));
    }),
  );
  await Promise.all(placed.map(({ buyer, orderId, declined }) => buyer.until(orderId, declined ? 'PAYMENT_FAILED' : 'PROCESSING')));

  const meanwhile = await untilMailsAre(['QUEUED', 'FAILED'], placed);
  expect(await system.metric('mail_oldest_undelivered_seconds')).toBeGreaterThan(0);
  expect(placed.filter(({ declined }) => !declined).length).toBeGreaterThanOrEqual(30);
  await eventually(async () => (await Promise.all(placed.map(told))).some(({ notifications }) => notifications[0]?.status === 'FAILED'));

  await using server = await startMailServer(mailPort);
  const orders = await untilMailsAre(['SENT'], placed);

  const mails = mailsOf(orders, server);
  expect(mails.map((some) => some.map(({ to, subject }) => ({ to, subject })))).toEqual(
    placed.map((one, index) => [expected(one, orders[index] as Told)]),
  );
  expect(new Set(server.taken.map(({ messageId }) => messageId)).size).toBe(placed.length);
  expect(server.taken).toHaveLength(placed.length);
  expect(orders.map(({ notifications }) => notifications.map(({ template, subject }) => ({ template, subject })))).toEqual(
    meanwhile.map(({ notifications }) => notifications.map(({ template, subject }) => ({ template, subject }))),
  );
  expect(orders.map(({ notifications }) => notifications.map(({ template }) => template))).toEqual(
    placed.map(({ declined }) => [declined ? 'PAYMENT_FAILED' : 'ORDER_CONFIRMED']),
  );
});

test('a mail server that takes mails and dies before it answers gets them again under the same Message-ID', async () => {
  printOnFailure(() => system.logs());
  await using server = await startMailServer(mailPort);
  server.hold(true);
  const placed = await Promise.all(buyers.map((buyer) => place(buyer, false)));

  await eventually(() => server.held > 0, { timeoutMs: 20_000 });
  const unanswered = server.taken.map(({ messageId }) => messageId);
  proxy.cut();
  server.hold(false);
  await untilMailsAre(['QUEUED', 'FAILED'], placed);
  proxy.heal();
  const orders = await untilMailsAre(['SENT'], placed);

  for (const mails of mailsOf(orders, server)) expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(1);
  expect(new Set(server.taken.map(({ messageId }) => messageId)).size).toBe(placed.length);
  for (const messageId of unanswered) expect(server.taken.filter((mail) => mail.messageId === messageId).length).toBeGreaterThanOrEqual(2);
});
