import { fingerprint, ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import { mayOperate, type Actor } from '../domain/actor.ts';
import type { Order } from '../domain/order.ts';
import { conflict, invalid, notFound, type Refusals } from '../domain/refusal.ts';
import { retry, type Retry, type RetryKind } from '../domain/saga-retry.ts';
import type { Deadlines } from '../domain/saga.ts';
import type { Intervene } from '../ports/intervene.ts';
import type { OrderReads } from '../ports/order-reads.ts';
import type { SagaState } from '../ports/sagas-store.ts';
import type { Settlements } from '../ports/settlements.ts';
import type { OutstandingCommand, TroubleReads } from '../ports/trouble-reads.ts';
import type { Telemetry } from '../telemetry.ts';
import { carryOut, tell } from './carry-out.ts';
import { replayOf, requireKey, type KeyLookup } from './idempotent.ts';
import { orRefusals, RefusedError } from './refused.ts';

export interface RetrySaga {
  readonly actor: Actor;
  /** `null`: what was sent is no key. */
  readonly key: string | null;
  readonly input: { readonly orderId: string; /** `null`: what was sent is no reason. */ readonly reason: string | null };
}

export interface RetriedSaga {
  readonly order: Order;
  readonly done: RetryKind;
  readonly outstanding: readonly OutstandingCommand[];
  readonly replayed: boolean;
}

interface Recorded {
  readonly orderId: Id<'ord'>;
  readonly done: RetryKind;
}

const operation = 'sagaRetry';

/** Lets a saga that waits for a person go on, and puts on record who said so and why: both or neither. */
export function createRetrySaga(deps: {
  readonly intervene: Intervene;
  readonly keys: KeyLookup;
  readonly orders: OrderReads;
  readonly trouble: TroubleReads;
  readonly settlements: Settlements;
  readonly deadlines: Deadlines;
  readonly telemetry: Telemetry;
}) {
  const { intervene, keys, orders, trouble, deadlines } = deps;

  async function asItStands({ orderId, done }: Recorded, replayed: boolean): Promise<Outcome<RetriedSaga, Refusals>> {
    const [found, outstanding] = await Promise.all([orders.byIds([orderId]), trouble.outstandingOf(orderId)]);
    const order = found.get(orderId);
    return order === undefined ? refuse([notFound('There is no such order.', 'orderId')]) : ok({ order, done, outstanding, replayed });
  }

  return async function retrySaga({ actor, key: sentKey, input }: RetrySaga): Promise<Outcome<RetriedSaga, Refusals>> {
    const key = requireKey(actor, sentKey);
    if (!key.ok) return key;
    if (!mayOperate(actor)) return refuse([{ kind: 'FORBIDDEN', message: 'Not allowed.', field: [] }]);
    const intent = fingerprint({ ...input }, ['idempotencyKey']);
    const earlier = await replayOf<Recorded>(keys.find(key.value.scope, operation, key.value.key), intent);
    if (!earlier.ok) return earlier;
    if (earlier.value !== null) return asItStands(earlier.value, true);
    const orderId = parseId('ord', input.orderId);
    const { reason } = input;
    if (orderId === null) return refuse([invalid('Not the id of an order.', 'orderId')]);
    if (reason === null) return refuse([invalid('1 to 500 characters on one line.', 'reason')]);

    const outcome = await orRefusals(
      intervene(async (unit) => {
        const claimed = await unit.idempotency.claim(key.value.scope, operation, key.value.key, intent);
        if (claimed !== 'claimed') {
          const other = await replayOf<Recorded>(Promise.resolve(claimed), intent);
          if (!other.ok) throw new RefusedError(...other.refusal);
          if (other.value !== null) return { recorded: other.value, retried: null };
        }
        const state = await unit.sagas.load(orderId);
        if (state === null) throw new RefusedError(notFound('There is no such order.', 'orderId'));
        const next = retry(state.saga, state.now, deadlines);
        if (next === null) throw new RefusedError(conflict('This order waits for nobody.', 'orderId'));
        const recorded: Recorded = { orderId, done: next.kind };
        await unit.idempotency.record(key.value.scope, operation, key.value.key, recorded);
        const { step, attention } = state.saga;
        const details = { done: next.kind, step, attention, sent: next.advance.send.map(({ id, type }) => ({ id, type })) };
        await unit.interventions.record({ actor: key.value.scope, action: operation, subject: orderId, reason, details });
        await carryOut(unit, state, next.advance, null);
        return { recorded, retried: { state, next } };
      }),
    );
    if (!outcome.ok) return outcome;
    const { recorded, retried } = outcome.value;
    if (retried !== null) told(deps, retried);
    return asItStands(recorded, retried === null);
  };
}

const told = (
  deps: { readonly telemetry: Telemetry; readonly settlements: Settlements },
  { state, next }: { readonly state: SagaState; readonly next: Retry },
): void => {
  tell(deps, state, next.advance);
};
