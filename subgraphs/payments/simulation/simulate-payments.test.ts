import type { MessageData, MessageType } from '@tally/events';
import { money, newId, newShardedId, type Id } from '@tally/kernel';
import { createMemoryDatabase, outboxTable, standaloneProcess, type SimulatedProcess } from '@tally/simulation';
import { expect, test } from 'vitest';
import type { CallAnswer, EnquiryAnswer, Snapshot } from '../src/domain/evidence.ts';
import type { PaymentProvider } from '../src/ports/payment-provider.ts';
import { paymentsTables, simulatePayments, type SimulatedPayments } from './index.ts';

const amount = money(1_000, 'EUR');
const patience = { retryMs: [100], enquiryMs: [1_000], buyerMs: 500, settleMs: 10_000 };
const leaseMs = 30_000;

/** A provider that approves and remembers; it answers an authorisation once `gate` is open. */
function aProvider() {
  const held = new Map<string, Snapshot>();
  let gate = Promise.resolve();
  const answered = (snapshot: Snapshot): Promise<CallAnswer> => {
    held.set(snapshot.orderId, snapshot);
    return Promise.resolve({ kind: 'ANSWERED', snapshot });
  };
  const known = (ref: string): Snapshot => held.get(ref.replace('auth_', '')) ?? expect.unreachable();
  const provider: PaymentProvider = {
    name: 'simulator',
    state: 'ok',
    async authorise({ orderId }) {
      const was = held.get(orderId);
      const fresh = {
        ref: `auth_${orderId}`,
        orderId,
        amount: 1_000,
        currency: 'EUR',
        captured: 0,
        actionUrl: null,
        declineCode: null,
      } as const;
      const answer = await answered(was ?? { ...fresh, status: 'AUTHORISED' });
      await gate;
      return answer;
    },
    capture: ({ ref }) => answered({ ...known(ref), status: 'CAPTURED', captured: 1_000 }),
    void: ({ ref }) => answered({ ...known(ref), status: 'VOIDED' }),
    refund: ({ ref }) => answered(known(ref)),
    enquire({ orderId }): Promise<EnquiryAnswer> {
      const snapshot = held.get(orderId);
      return Promise.resolve(
        snapshot === undefined ? { kind: 'NOT_FOUND' } : { kind: 'FOUND', snapshot, outcome: 'SUCCEEDED', code: null },
      );
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    provider,
    held,
    /** Authorisations are done, and not answered until the returned function is called. */
    shut() {
      const opened = Promise.withResolvers<undefined>();
      gate = opened.promise.then(() => undefined);
      return () => opened.resolve(undefined);
    },
  };
}

/** Payments in memory, and a clock that the test moves. */
function aStage() {
  let nowMs = Date.UTC(2026, 10, 21);
  const now = () => new Date(nowMs);
  const database = createMemoryDatabase({ now });
  const outside = aProvider();
  const start = (process: Partial<SimulatedProcess> = {}): SimulatedPayments =>
    simulatePayments({ ...standaloneProcess({ database, now }), ...process }, { provider: outside.provider, patience, leaseMs });

  async function hears<M extends MessageType>(app: SimulatedPayments, type: M, key: string, data: MessageData<M>): Promise<void> {
    const handle = app.consumers.map(({ handlers }) => handlers[type]).find((handler) => handler !== undefined);
    await handle?.({ id: newId('evt'), topic: 'payments.commands.v1', type, key, sequence: 1, time: now(), traceparent: null, data });
  }
  return {
    ...outside,
    database,
    start,
    passes(ms: number) {
      nowMs += ms;
    },
    async authorise(app: SimulatedPayments): Promise<Id<'ord'>> {
      const [orderId, buyerId] = [newShardedId('ord', 3), newId('usr')];
      await app.useCases.addPaymentMethod({ userId: buyerId, provider: 'simulator', token: 'tok_ok', makeDefault: true });
      const deadlineAt = new Date(nowMs + 60_000).toISOString();
      const command = { commandId: newId('cmd'), order: { id: orderId }, buyer: { id: buyerId }, amount: { ...amount } };
      await hears(app, 'AuthorisePayment', orderId, { ...command, paymentMethodId: null, deadlineAt });
      return orderId;
    },
    capture: (app: SimulatedPayments, orderId: Id<'ord'>) =>
      hears(app, 'CapturePayment', orderId, { commandId: newId('cmd'), order: { id: orderId } }),
    status: (orderId: Id<'ord'>) => database.committed(paymentsTables.payments).find((row) => row.orderId === orderId)?.status,
    told: (orderId: Id<'ord'>) => database.committed(outboxTable).flatMap(({ key, type }) => (key === orderId ? [type] : [])),
    attempts: () => database.committed(paymentsTables.attempts).map(({ operation, outcome }) => `${operation} ${outcome}`),
  };
}

/** Lets everything run that waits for nothing but its turn. */
const idle = async (app: SimulatedPayments): Promise<void> => {
  for (let turns = 0; turns < 200 && app.held() > 0; turns++) await Promise.resolve();
};

/** Looks as often as there is something to do. */
async function work(app: SimulatedPayments): Promise<void> {
  while ((await app.jobs.CALLS()) || (await app.jobs.ENQUIRIES())) await idle(app);
}

test('the handlers and jobs of production carry a payment in memory from its command to its capture', async () => {
  const stage = aStage();
  const app = stage.start();
  const orderId = await stage.authorise(app);
  await work(app);
  await stage.capture(app, orderId);
  await work(app);

  expect(stage.status(orderId)).toBe('CAPTURED');
  expect(stage.told(orderId)).toEqual(['PaymentAuthorised', 'PaymentCaptured']);
  expect(stage.attempts()).toEqual(['AUTHORISE SUCCEEDED', 'CAPTURE SUCCEEDED']);
});

test('what a killed process held is leased until its time is over, then another one asks the provider', async () => {
  const stage = aStage();
  let dead = false;
  const doomed = {
    ...standaloneProcess({ database: stage.database }),
    turn: () => (dead ? new Promise<void>(() => undefined) : Promise.resolve()),
  };
  const session = stage.database.session({ turn: doomed.turn });
  const first = stage.start({ ...doomed, session });
  const orderId = await stage.authorise(first);
  stage.shut();
  await first.jobs.CALLS();
  await idle(first);
  dead = true;
  session.terminate();

  const second = stage.start();
  await work(second);
  expect(stage.told(orderId)).toEqual([]);
  stage.passes(leaseMs + 1);
  await work(second);

  expect(stage.told(orderId)).toEqual(['PaymentAuthorised']);
  expect(stage.attempts()).toEqual(['AUTHORISE UNKNOWN', 'ENQUIRE SUCCEEDED']);
});

test('a call that takes longer than its lease is nobody else’s as long as the lease is renewed', async () => {
  const stage = aStage();
  const [slow, other] = [stage.start(), stage.start()];
  const orderId = await stage.authorise(slow);
  const open = stage.shut();
  await slow.jobs.CALLS();
  for (let third = 0; third < 6; third++) {
    stage.passes(leaseMs / 3);
    expect(await slow.jobs.RENEWALS()).toBe(true);
    expect(await slow.jobs.RENEWALS()).toBe(false);
    await work(other);
  }
  open();
  await idle(slow);

  expect(stage.told(orderId)).toEqual(['PaymentAuthorised']);
  expect(stage.attempts()).toEqual(['AUTHORISE SUCCEEDED']);
});

test('a call that comes back after its lease was lost writes nothing', async () => {
  const stage = aStage();
  const [slow, other] = [stage.start(), stage.start()];
  const orderId = await stage.authorise(slow);
  const open = stage.shut();
  await slow.jobs.CALLS();
  await idle(slow);
  stage.passes(leaseMs + 1);
  await work(other);
  open();
  await idle(slow);

  expect(stage.told(orderId)).toEqual(['PaymentAuthorised']);
  expect(stage.attempts()).toEqual(['AUTHORISE UNKNOWN', 'ENQUIRE SUCCEEDED']);
});

test('a process claims no more than it has room for', async () => {
  const stage = aStage();
  const app = stage.start();
  for (let orders = 0; orders < 6; orders++) await stage.authorise(app);
  const open = stage.shut();

  expect([await app.jobs.CALLS(), await app.jobs.CALLS()]).toEqual([true, false]);
  expect(app.held()).toBe(4);
  open();
  await idle(app);
  await work(app);
  expect(app.held()).toBe(0);
  expect(stage.held.size).toBe(6);
});
