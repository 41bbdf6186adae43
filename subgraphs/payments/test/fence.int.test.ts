import { eventually } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createSimulatorProvider } from '../src/adapters/simulator/payment-provider.ts';
import type { EnquiryAnswer } from '../src/domain/evidence.ts';
import type { PaymentProvider } from '../src/ports/payment-provider.ts';
import { aPaymentsWorld, quickWork, uuid, type PaymentsWorld } from './payments-world.ts';

/** The simulator's adapter, but the first enquiry stays out until it is told what to come back with. */
function firstEnquiryStaysOut() {
  const back = Promise.withResolvers<EnquiryAnswer>();
  const left = Promise.withResolvers<undefined>();
  const inner = Promise.withResolvers<PaymentProvider>();
  let first = true;
  const provider: PaymentProvider = {
    name: 'simulator',
    state: 'ok',
    authorise: async (request) => (await inner.promise).authorise(request),
    capture: async (request) => (await inner.promise).capture(request),
    void: async (request) => (await inner.promise).void(request),
    refund: async (request) => (await inner.promise).refund(request),
    async enquire(request) {
      if (!first) return (await inner.promise).enquire(request);
      first = false;
      left.resolve(undefined);
      return back.promise;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    provider,
    left: left.promise,
    comesBack: back.resolve,
    connect(world: PaymentsWorld): PaymentProvider {
      const { requestTimeoutMs: timeoutMs, breakAfter, halfOpenMs } = quickWork;
      const onBreakerChange = () => undefined;
      const real = createSimulatorProvider({ url: world.simulatorUrl, concurrency: 8, timeoutMs, breakAfter, halfOpenMs, onBreakerChange });
      inner.resolve(real);
      return real;
    },
  };
}

test('an enquiry that comes back after another has settled the doubt reopens nothing', async () => {
  const enquiry = firstEnquiryStaysOut();
  await using world = await aPaymentsWorld({ provider: enquiry.provider });
  await using _ = enquiry.connect(world);
  const order = await world.authorise('tok_timeout_after');
  await enquiry.left;
  await world.sql.execute(`UPDATE payment_operation SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL`);
  expect((await world.replyTo(order)).type).toBe('PaymentAuthorised');

  enquiry.comesBack({ kind: 'UNKNOWN', code: 'TIMEOUT' });
  await world.replyTo(await world.capture(order.orderId));

  await eventually(async () =>
    expect(
      await world.sql.rows(
        `SELECT o.operation, o.state FROM payment_operation o JOIN payment p ON p.id = o.payment_id WHERE p.order_id = $1 ORDER BY o.id`,
        [uuid(order.orderId)],
      ),
    ).toEqual([
      { operation: 'AUTHORISE', state: 'DONE' },
      { operation: 'CAPTURE', state: 'DONE' },
    ]),
  );
  expect((await world.facts(order.orderId)).map(({ type }) => type)).toEqual(['PaymentInDoubt', 'PaymentAuthorised', 'PaymentCaptured']);
});
