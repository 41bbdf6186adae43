import type { Id } from '@tally/kernel';
import { commandEvent, told } from '../domain/messages.ts';
import { isUnsuccessful, type OrderMove } from '../domain/order.ts';
import type { Advance } from '../domain/saga.ts';
import type { SagaState } from '../ports/sagas-store.ts';
import type { Settlements } from '../ports/settlements.ts';
import type { OrdersUnit } from '../ports/unit.ts';
import type { Telemetry } from '../telemetry.ts';

/**
 * Writes a decision about a saga: cart, saga, order, timeline and outbox, all in the caller's transaction.
 *
 * The cart comes before the order, and the order before the buyer's stream, which is locked last; labels of a cancelled order are safe after it,
 * because whoever changes shipments has locked the order first.
 */
export async function carryOut(
  { sagas, carts, shipments, outbox }: OrdersUnit,
  state: SagaState,
  advance: Advance,
  reply: { readonly commandId: Id<'cmd'> | null; readonly type: string } | null,
): Promise<void> {
  const { saga, send, move } = advance;
  const { orderId, buyerId } = saga;
  if (saga === state.saga && send.length === 0 && move === null) return;
  if (move !== null && state.cartId !== null) {
    if (move.to === 'CONFIRMED') await carts.takeOrdered(state.cartId, orderId);
    else if (isUnsuccessful(move.to) && !state.confirmed) await carts.giveBack(state.cartId, orderId);
  }
  const sequences = await sagas.apply(state, advance, reply);
  if (move?.to === 'CANCELLING' && move.from === 'PROCESSING') await shipments.cancelLabels(orderId);
  const commands = sequences.commands.flatMap((sequence, index) => {
    const command = send[index];
    return command === undefined ? [] : [commandEvent(orderId, command, sequence)];
  });
  const changes = move === null || sequences.move === null ? [] : told({ orderId, buyerId }, move, sequences.move);
  await outbox.append(...commands, ...changes);
}

/** What others hear of a decision once it is committed. */
export function tell(
  { telemetry, settlements }: { readonly telemetry: Telemetry; readonly settlements: Settlements },
  state: SagaState,
  { saga, move }: Advance,
): void {
  if (move !== null) {
    telemetry.orderMoved(saga.orderId, move, saga.total);
    if (settles(move)) settlements.announce(saga.orderId);
  }
  if (saga.attention !== null && state.saga.attention === null) telemetry.sagaNeedsAttention(saga.orderId, saga.attention);
}

const settles = ({ to }: OrderMove): boolean => to === 'CONFIRMED' || isUnsuccessful(to);
