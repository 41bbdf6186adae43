import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { PaymentProvider } from '../../ports/payment-provider.ts';

/** A provider whose exchanges are spans `provider <operation>`; what is in doubt or was not sent is marked as an error. */
export function traced(provider: PaymentProvider): PaymentProvider {
  function within<Request, Answer extends { readonly kind: string }>(
    operation: string,
    exchange: (request: Request) => Promise<Answer>,
  ): (request: Request) => Promise<Answer> {
    return (request) =>
      trace
        .getTracer('tally.payments')
        .startActiveSpan(`provider ${operation}`, { kind: SpanKind.CLIENT, attributes: { provider: provider.name } }, async (span) => {
          try {
            const answer = await exchange(request);
            span.setAttribute('outcome', answer.kind);
            if (answer.kind === 'UNKNOWN' || answer.kind === 'NOT_SENT') span.setStatus({ code: SpanStatusCode.ERROR });
            return answer;
          } finally {
            span.end();
          }
        });
  }
  return {
    name: provider.name,
    authorise: within('authorise', (request) => provider.authorise(request)),
    capture: within('capture', (request) => provider.capture(request)),
    void: within('void', (request) => provider.void(request)),
    refund: within('refund', (request) => provider.refund(request)),
    enquire: within('enquire', (request) => provider.enquire(request)),
    get state() {
      return provider.state;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(provider[Symbol.asyncDispose]()),
  };
}
