import { PoisonEventError, type Handler } from '@tally/messaging';
import { ImpossibleCommandError, type createCommitStock } from '../use-cases/commit-stock.ts';

export const onCommitStock =
  (commitStock: ReturnType<typeof createCommitStock>): Handler<'CommitStock'> =>
  async ({ id, data: { order, commandId } }) => {
    try {
      await commitStock({ eventId: id, orderId: order.id, commandId });
    } catch (cause) {
      if (cause instanceof ImpossibleCommandError) throw new PoisonEventError(cause.message, { cause });
      throw cause;
    }
  };
