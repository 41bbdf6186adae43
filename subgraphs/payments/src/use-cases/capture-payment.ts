import { carriedTrace } from '../telemetry.ts';
import { takeCommand, type Received, type TakeCommandDeps } from './take-command.ts';

/** Queues the capture of an order's payment. @param deps.giveUpMs after that long a capture that was certainly not made is refused. */
export function createCapturePayment(deps: TakeCommandDeps & { readonly giveUpMs: number }) {
  return function capturePayment(command: Received): Promise<void> {
    const { commandId, orderId } = command;
    return takeCommand(deps, 'CAPTURE', command, ({ commands }) =>
      commands.capture({ commandId, orderId, trace: carriedTrace() }, deps.giveUpMs),
    );
  };
}
