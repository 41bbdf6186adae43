import { Pool } from 'undici';
import type { CallAnswer, EnquiryAnswer } from '../../domain/evidence.ts';
import type { PaymentProvider } from '../../ports/payment-provider.ts';
import { readCall, readEnquiry, type Response } from './answers.ts';
import { createBreaker, type Limits } from './breaker.ts';

export interface SimulatorOptions extends Limits {
  /** Origin of a payment simulator, for example http://127.0.0.1:4010. */
  readonly url: string;
  readonly onBreakerChange: (state: string) => void;
}

/** The payment simulator as a provider, over a pool of connections of its own. */
export function createSimulatorProvider(options: SimulatorOptions): PaymentProvider {
  const { concurrency, timeoutMs } = options;
  // Connecting is given less than the whole exchange, so that a host that does not answer is told apart from a provider that does not.
  const pool = new Pool(options.url, {
    connections: concurrency,
    pipelining: 1,
    connect: { timeout: Math.max(1, Math.floor(timeoutMs / 2)) },
  });
  const breaker = createBreaker(options, options.onBreakerChange);

  async function exchange(method: 'GET' | 'POST', path: string, signal: AbortSignal, key?: string, body?: unknown): Promise<Response> {
    const { statusCode, body: stream } = await pool.request({
      method,
      path,
      signal,
      headers: {
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: statusCode, body: await stream.text() };
  }

  const post = (path: string, key: string, body?: unknown): Promise<CallAnswer> =>
    breaker.run<CallAnswer>(async (signal) => readCall(await exchange('POST', path, signal, key, body)));

  const find = (by: 'key' | 'order', value: string, key: string): Promise<EnquiryAnswer> =>
    breaker.run<EnquiryAnswer>(async (signal) =>
      readEnquiry(await exchange('GET', `/authorisations?${new URLSearchParams({ [by]: value }).toString()}`, signal), key),
    );

  const of = (ref: string, what: string): string => `/authorisations/${encodeURIComponent(ref)}/${what}`;

  return {
    name: 'simulator',
    authorise: ({ key, orderId, amount, token }) => post('/authorisations', key, { order: orderId, ...amount, token, capture: false }),
    capture: ({ key, ref, amount }) => post(of(ref, 'capture'), key, { ...amount }),
    void: ({ key, ref }) => post(of(ref, 'void'), key),
    refund: ({ key, ref, amount }) => post(of(ref, 'refunds'), key, { ...amount }),
    async enquire({ key, orderId }) {
      const byKey = await find('key', key, key);
      return byKey.kind === 'NOT_FOUND' ? find('order', orderId, key) : byKey;
    },
    get state() {
      return breaker.state;
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
