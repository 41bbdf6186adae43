import type { Id, Money } from '@tally/kernel';
import type { CallAnswer, EnquiryAnswer } from '../domain/evidence.ts';

/** Every call carries a derived idempotency key: made again with it, a call has its effect once and gives its first answer. */
interface Keyed {
  readonly key: string;
}

export interface AuthoriseRequest extends Keyed {
  readonly orderId: Id<'ord'>;
  /** More than zero minor units. */
  readonly amount: Money;
  /** The provider's token of the buyer's method. */
  readonly token: string;
}

export interface AmountRequest extends Keyed {
  /** The provider's name for the authorisation. */
  readonly ref: string;
  /** Minor units; for a capture the authorised amount, for a refund at most what is left of the captured one. */
  readonly amount: Money;
}

export interface VoidRequest extends Keyed {
  readonly ref: string;
}

/** What an enquiry asks about: the call of this key, found by the key, or else by the order. */
export interface EnquiryRequest extends Keyed {
  readonly orderId: Id<'ord'>;
}

/**
 * A payment provider behind its timeout, circuit breaker and bulkhead. No method ever rejects because of the provider or the network: what came of
 * the call is the answer, and `UNKNOWN` is one of the answers, never a failure (docs/reliability.md, saga). Nothing is retried inside.
 *
 * Classification every adapter keeps: a refused connection, a failed DNS look-up, an open breaker and a full bulkhead are NOT_SENT; a timeout, a
 * reset after the request was written, 5xx and an unreadable answer are UNKNOWN; a definite no is REFUSED, or ANSWERED with a declined
 * authorisation. Held by test/contract/payment-provider.contract.ts.
 */
export interface PaymentProvider extends AsyncDisposable {
  /** As it stands in `payment.provider` and in a buyer's method. */
  readonly name: string;
  /** Holds the amount. A provider may capture at once, or answer that the buyer has to act. */
  authorise(request: AuthoriseRequest): Promise<CallAnswer>;
  /** Takes the held amount. REFUSED leaves it held, unless the snapshot says that it expired. */
  capture(request: AmountRequest): Promise<CallAnswer>;
  /** Lets the held amount go. */
  void(request: VoidRequest): Promise<CallAnswer>;
  /** Gives some of the captured amount back. */
  refund(request: AmountRequest): Promise<CallAnswer>;
  /** Changes nothing. More than one authorisation for the order is UNKNOWN: which of them is ours cannot be told. */
  enquire(request: EnquiryRequest): Promise<EnquiryAnswer>;
  /** Whether the breaker lets calls through, for health and metrics. */
  readonly state: 'ok' | 'degraded' | 'down';
}
