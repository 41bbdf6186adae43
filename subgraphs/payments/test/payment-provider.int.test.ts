import { money, newShardedId } from '@tally/kernel';
import { createSimulatorAdmin, startPaymentSimulator } from '@tally/payment-simulator';
import { cloneDatabase, eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createSimulatorProvider, type SimulatorOptions } from '../src/adapters/simulator/payment-provider.ts';
import { keyOf } from '../src/domain/operation.ts';
import { paymentProviderContract, type Method, type ProviderWorld, type Trouble } from './contract/payment-provider.contract.ts';

const tokens: Record<Method, string> = {
  approved: 'tok_ok',
  declined: 'tok_declined',
  'up to the buyer': 'tok_action_required',
  'captured at once': 'tok_captures_at_once',
  'not captured': 'tok_capture_refused',
  'not refunded': 'tok_refund_fails',
};

const behaviours: Record<Trouble, string> = {
  'times out before it is done': 'timeout-before',
  'times out after it is done': 'timeout-after',
  'fails with 5xx': 'http:502',
  'is unreadable': 'garbage',
  'is reset': 'reset',
};

const limits = { concurrency: 4, timeoutMs: 1_000, breakAfter: 3, halfOpenMs: 200, onBreakerChange: () => undefined };

/** The adapter in front of a simulator of its own. */
async function aProvider(options: Partial<SimulatorOptions> = {}) {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const simulator = stack.use(await startPaymentSimulator({ databaseUrl: database.urls.simulator.app, port: 0, latencyMs: 0 }));
  const admin = createSimulatorAdmin(simulator.url);
  const provider = stack.use(createSimulatorProvider({ ...limits, url: simulator.url, ...options }));
  // Port 1 is reserved and nobody listens there.
  const away = stack.use(createSimulatorProvider({ ...limits, url: 'http://127.0.0.1:1' }));
  const owned = stack.move();
  return {
    provider,
    away,
    admin,
    tokenOf: (method) => tokens[method],
    next: (operation, trouble) => admin.script({ operation, behaviours: [behaviours[trouble]] }),
    done: async (orderId) =>
      (await admin.ledger(orderId)).filter(({ outcome }) => outcome === 'succeeded').map(({ operation }) => operation),
    approve: async (ref) => {
      await admin.approve(ref);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  } satisfies ProviderWorld & { admin: unknown };
}

paymentProviderContract('payment simulator', aProvider);

const orderId = newShardedId('ord', 0);
const request = { key: keyOf(orderId, 'AUTHORISE'), orderId, amount: money(1_000, 'EUR'), token: 'tok_ok' } as const;

test('the breaker opens after failures in a row, lets one call try and closes', async () => {
  const changes: string[] = [];
  await using world = await aProvider({ onBreakerChange: (state) => changes.push(state) });
  await world.admin.script({ operation: 'authorise', behaviours: ['http:500', 'http:500', 'http:500', 'http:500'] });

  for (let call = 0; call < 3; call++) expect((await world.provider.authorise(request)).kind).toBe('UNKNOWN');
  expect(await world.provider.authorise(request)).toEqual({ kind: 'NOT_SENT', code: 'CIRCUIT_OPEN', circuitOpen: true });
  expect(world.provider.state).toBe('down');

  await eventually(async () => expect((await world.provider.authorise(request)).kind).toBe('ANSWERED'));
  expect(world.provider.state).toBe('ok');
  expect(changes).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
});

test('declines do not open the breaker', async () => {
  await using world = await aProvider();
  for (let call = 0; call < 6; call++) {
    const other = newShardedId('ord', 0);
    await world.provider.authorise({ ...request, key: keyOf(other, 'AUTHORISE'), orderId: other, token: 'tok_declined' });
  }
  expect(world.provider.state).toBe('ok');
});

test('one call more than the bulkhead holds is turned away at once', async () => {
  await using world = await aProvider({ concurrency: 2, timeoutMs: 2_000 });
  await world.admin.script({ operation: 'enquire', behaviours: ['delay:300', 'delay:300', 'delay:300'] });
  const answers = await Promise.all([1, 2, 3].map(() => world.provider.enquire({ key: request.key, orderId })));
  expect(answers.filter(({ kind }) => kind === 'NOT_SENT')).toEqual([{ kind: 'NOT_SENT', code: 'BUSY', circuitOpen: false }]);
});

test('the same key for another amount is never taken for an answer', async () => {
  await using world = await aProvider();
  await world.provider.authorise(request);
  expect(await world.provider.authorise({ ...request, amount: money(1, 'EUR') })).toEqual({ kind: 'UNKNOWN', code: 'HTTP_409' });
});
