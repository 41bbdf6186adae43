import type { SentCommand } from '../src/domain/saga-commands.ts';
import type { Saga, SagaEnd, SagaFacts } from '../src/domain/saga.ts';
import type { SagaState } from '../src/ports/sagas-store.ts';
import type { OrderRow, SagaCommandRow, SagaRow } from './tables.ts';

/** A saga as one snapshot shows it. @param now when the statement began. */
export function toSagaState(row: SagaRow, order: OrderRow, commands: readonly SagaCommandRow[], now: Date): SagaState {
  const { version, traceparent, inDoubtSince, deadlineAt, attention } = row;
  const { id: orderId, sagaId, buyerId, total, paymentMethodId, status, cartId } = order;
  const sent = commands.toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime() || (a.id < b.id ? -1 : 1)).map(toSent);
  const facts = { orderId, sagaId, buyerId, total, paymentMethodId, commands: sent, inDoubtSince, deadlineAt, attention };
  return { saga: toSaga(facts, row), version, status, confirmed: order.confirmedAt !== null, now, traceparent, cartId };
}

function toSent({ id, type, answeredAt, voidedAt }: SagaCommandRow): SentCommand {
  if (voidedAt !== null) return { id, type, state: answeredAt === null ? 'VOID' : 'VOID_ANSWERED' };
  return { id, type, state: answeredAt === null ? 'OUTSTANDING' : 'ANSWERED' };
}

function toSaga(facts: SagaFacts, { step, outcome, captured, committed }: SagaRow): Saga {
  switch (step) {
    case 'RESERVE':
    case 'AUTHORISE':
      return { ...facts, step };
    case 'COMPLETE':
      return { ...facts, step, captured, committed };
    case 'CANCELLING':
      return { ...facts, step, endsAs: outcome === 'PAYMENT_FAILED' ? 'PAYMENT_FAILED' : 'CANCELLED' };
    case 'ENDED':
      return { ...facts, step, as: outcome as SagaEnd };
  }
}
