import type { PaymentProvider } from '../src/ports/payment-provider.ts';

/** A provider that is as far away as the network: others may go first, or the process may die, before a request arrives and before its answer does. */
export function inTurns(provider: PaymentProvider, turn: () => Promise<void>): PaymentProvider {
  const far =
    <Request, Answer>(ask: (request: Request) => Promise<Answer>) =>
    async (request: Request): Promise<Answer> => {
      await turn();
      const answer = await ask(request);
      await turn();
      return answer;
    };
  return {
    name: provider.name,
    authorise: far((request) => provider.authorise(request)),
    capture: far((request) => provider.capture(request)),
    void: far((request) => provider.void(request)),
    refund: far((request) => provider.refund(request)),
    enquire: far((request) => provider.enquire(request)),
    get state() {
      return provider.state;
    },
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}
