import { carriedTrace } from '../telemetry.ts';
import { takeCommand, type Received, type TakeCommandDeps } from './take-command.ts';

/** Queues the void of an order's payment behind whatever is open; without a payment it leaves a tombstone that a late authorisation finds. */
export function createVoidPayment(deps: TakeCommandDeps & { readonly provider: string }) {
  return function voidPayment(command: Received): Promise<void> {
    const { commandId, orderId } = command;
    return takeCommand(deps, 'VOID', command, async ({ commands }) => {
      await commands.void({ commandId, orderId, provider: deps.provider, trace: carriedTrace() });
      return true;
    });
  };
}
