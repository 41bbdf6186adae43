import { crashPoint, fingerprint, ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import { mayFulfil, type Actor } from '../domain/actor.ts';
import type { CancelReason, Order } from '../domain/order.ts';
import { invalid, notFound, type Refusal, type Refusals } from '../domain/refusal.ts';
import { cancel } from '../domain/saga.ts';
import type { OrderReads } from '../ports/order-reads.ts';
import type { SagaState } from '../ports/sagas-store.ts';
import type { Settlements } from '../ports/settlements.ts';
import type { OrdersUnit, Transact } from '../ports/unit.ts';
import type { Telemetry } from '../telemetry.ts';
import { carryOut, tell } from './carry-out.ts';
import { replayOf, requireKey, type KeyLookup } from './idempotent.ts';
import { orRefusals, RefusedError } from './refused.ts';

export interface CancelOrder {
  readonly actor: Actor;
  /** `null`: what was sent is no key. */
  readonly key: string | null;
  readonly input: { readonly orderId: string; readonly reason: CancelReason };
}

export interface CancelledOrder {
  readonly order: Order;
  readonly replayed: boolean;
}

const operation = 'orderCancel';
const noSuchOrder: Refusal = notFound('There is no such order.', 'orderId');

/** Calls an order off before its first parcel leaves. Money that was taken goes back first; only then is the stock free and the order CANCELLED. */
export function createCancelOrder(deps: {
  readonly transact: Transact;
  readonly keys: KeyLookup;
  readonly orders: OrderReads;
  readonly settlements: Settlements;
  readonly telemetry: Telemetry;
}) {
  const { transact, keys, orders } = deps;

  async function asItStands(orderId: Id<'ord'>, replayed: boolean): Promise<Outcome<CancelledOrder, Refusals>> {
    const order = (await orders.byIds([orderId])).get(orderId);
    return order === undefined ? refuse([noSuchOrder]) : ok({ order, replayed });
  }

  return async function cancelOrder({ actor, key: sentKey, input }: CancelOrder): Promise<Outcome<CancelledOrder, Refusals>> {
    const key = requireKey(actor, sentKey);
    if (!key.ok) return key;
    const intent = fingerprint({ ...input }, ['idempotencyKey']);
    const earlier = await replayOf<{ orderId: Id<'ord'> }>(keys.find(key.value.scope, operation, key.value.key), intent);
    if (!earlier.ok) return earlier;
    if (earlier.value !== null) return asItStands(earlier.value.orderId, true);

    const orderId = parseId('ord', input.orderId);
    if (orderId === null) return refuse([invalid('Not the id of an order.', 'orderId')]);
    if (!mayGiveReason(actor, input.reason)) return refuse([invalid('Not a reason that you can give.', 'reason')]);

    const outcome = await orRefusals(
      transact(async (unit) => {
        const claimed = await unit.idempotency.claim(key.value.scope, operation, key.value.key, intent, { orderId });
        if (claimed !== 'claimed') {
          const other = await replayOf<{ orderId: Id<'ord'> }>(Promise.resolve(claimed), intent);
          if (!other.ok) throw new RefusedError(...other.refusal);
          return null;
        }
        return callOff(unit, actor, orderId, input.reason);
      }),
    );
    if (!outcome.ok) return outcome;
    crashPoint('order.cancel.after');
    if (outcome.value !== null) tell(deps, outcome.value.state, outcome.value.next);
    return asItStands(orderId, outcome.value === null);
  };
}

async function callOff(
  unit: OrdersUnit,
  actor: Actor,
  orderId: Id<'ord'>,
  reason: CancelReason,
): Promise<{ state: SagaState; next: NonNullable<ReturnType<typeof cancel>> }> {
  const state = await unit.sagas.load(orderId);
  if (state === null || (state.saga.buyerId !== actor.userId && !mayFulfil(actor))) throw new RefusedError(noSuchOrder);
  const next = cancel(state.saga, state.status, reason);
  if (next === null) {
    const { status } = state;
    throw new RefusedError({ kind: 'ILLEGAL_TRANSITION', from: status, to: status === 'PENDING' ? 'CANCELLED' : 'CANCELLING' });
  }
  await carryOut(unit, state, next, null);
  return { state, next };
}

/** PAYMENT and TIMEOUT are conclusions of the saga; stock and fraud are for staff to know. */
function mayGiveReason(actor: Actor, reason: CancelReason): boolean {
  if (reason === 'CUSTOMER') return true;
  return (reason === 'INVENTORY' || reason === 'FRAUD') && mayFulfil(actor);
}
