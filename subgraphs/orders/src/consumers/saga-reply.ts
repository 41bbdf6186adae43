import type { ReceivedEvent } from '@tally/events';
import { PoisonEventError, type Handler } from '@tally/messaging';
import type { Reply } from '../domain/saga-replies.ts';
import { ImpossibleReplyError } from '../use-cases/advance-saga.ts';
import type { UseCases } from '../use-cases/index.ts';

export type AdvanceSaga = UseCases['advanceSaga'];

/** The way every reply goes to its saga. One that no order of events explains is parked with its key: trying again would not help. */
export function sagaReply<Type extends Reply['type']>(advanceSaga: AdvanceSaga): Handler<Type> {
  return async (event) => {
    const received = event as ReceivedEvent<Type> & Reply;
    const orderId = received.data.order.id;
    if (event.key !== orderId) throw new PoisonEventError(`${event.type} about ${orderId} under the key ${event.key}`);
    try {
      await advanceSaga({ eventId: event.id, orderId, reply: { type: received.type, data: received.data } as Reply });
    } catch (error) {
      if (error instanceof ImpossibleReplyError) throw new PoisonEventError(error.message, { cause: error });
      throw error;
    }
  };
}
