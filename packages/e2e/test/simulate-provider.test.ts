import {
  paymentProviderContract,
  type Method,
  type ProviderWorld,
  type Trouble,
} from '../../../subgraphs/payments/test/contract/payment-provider.contract.ts';
import { openBooks } from '../src/simulate/provider/books.ts';
import { connect, type Exchange, type Line } from '../src/simulate/provider/connection.ts';

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

/** The provider of the simulation in a world where nothing takes any time. */
function aProvider(): Promise<ProviderWorld> {
  const books = openBooks(() => new Date(0));
  const scripts = new Map<Exchange, string[]>();
  const line: Line = {
    books,
    nextBehaviour: (exchange) => scripts.get(exchange)?.shift() ?? null,
    later: (_ms, act) => act(),
    sleep: () => Promise.resolve(),
    timeoutMs: 1_000,
  };
  return Promise.resolve({
    provider: connect(line),
    away: connect({ ...line, listening: false }),
    tokenOf: (method) => tokens[method],
    next(operation, trouble) {
      scripts.set(operation, [...(scripts.get(operation) ?? []), behaviours[trouble]]);
      return Promise.resolve();
    },
    done: (orderId) =>
      Promise.resolve(
        books.ledger.flatMap(({ order, outcome, operation }) => (order === orderId && outcome === 'succeeded' ? [operation] : [])),
      ),
    approve: (ref) => Promise.resolve(books.approve(ref)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

paymentProviderContract('payment provider of the simulation', aProvider);
