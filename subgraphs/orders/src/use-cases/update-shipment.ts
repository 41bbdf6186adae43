import { crashPoint, fingerprint, ok, parseId, refuse, type Clock, type Id, type Outcome } from '@tally/kernel';
import { mayFulfil, type Actor } from '../domain/actor.ts';
import { told } from '../domain/messages.ts';
import type { OrderMove } from '../domain/order.ts';
import { conflict, invalid, notFound, type Refusals } from '../domain/refusal.ts';
import { fulfilmentOf, isLegalStep, stepTo, type ShipmentStep } from '../domain/shipment.ts';
import type { OrdersUnit } from '../ports/unit.ts';
import type { Telemetry } from '../telemetry.ts';
import { replayOf, requireKey } from './idempotent.ts';
import { orRefusals, RefusedError } from './refused.ts';
import { asItStands, type RecordedShipment, type ShipmentDeps, type ShippedOrder } from './shipped-order.ts';

export interface UpdateShipment {
  readonly actor: Actor;
  readonly key: string | null;
  readonly input: {
    readonly shipmentId: string;
    readonly to: ShipmentStep;
    readonly trackingNumber?: string | null | undefined;
    readonly occurredAt?: Date | null | undefined;
  };
}

interface Scan {
  readonly shipmentId: Id<'shp'>;
  readonly to: ShipmentStep;
  readonly trackingNumber: string | null;
  /** When it happened at the carrier. */
  readonly at: Date;
}

const operation = 'shipmentUpdate';
const maxTrackingNumber = 100;
/** Clocks of carriers may be this far ahead of ours. */
const toleranceMs = 5 * 60_000;

/** Takes the carrier's word, and moves the order with its parcels: the first of them makes it shipped, the last one delivered. */
export function createUpdateShipment(deps: ShipmentDeps & { readonly clock: Clock; readonly telemetry: Telemetry }) {
  const { transact, keys, orders, clock, telemetry } = deps;
  return async function updateShipment({ actor, key: sentKey, input }: UpdateShipment): Promise<Outcome<ShippedOrder, Refusals>> {
    const key = requireKey(actor, sentKey);
    if (!key.ok) return key;
    if (!mayFulfil(actor)) return refuse([{ kind: 'FORBIDDEN', message: 'Not allowed.', field: [] }]);
    const intent = fingerprint({ ...input }, ['idempotencyKey']);
    const earlier = await replayOf<RecordedShipment>(keys.find(key.value.scope, operation, key.value.key), intent);
    if (!earlier.ok) return earlier;
    if (earlier.value !== null) return asItStands(orders, earlier.value, true);
    const scan = parse(input, clock());
    if (!scan.ok) return scan;

    const outcome = await orRefusals(
      transact(async (unit) => {
        const orderId = await unit.shipments.orderOf(scan.value.shipmentId);
        if (orderId === null) throw new RefusedError(notFound('There is no such shipment.', 'shipmentId'));
        const result: RecordedShipment = { orderId, shipmentId: scan.value.shipmentId };
        const claimed = await unit.idempotency.claim(key.value.scope, operation, key.value.key, intent, result);
        if (claimed === 'claimed') return { recorded: result, replayed: false, move: await record(unit, orderId, scan.value) };
        const other = await replayOf<RecordedShipment>(Promise.resolve(claimed), intent);
        if (!other.ok) throw new RefusedError(...other.refusal);
        return { recorded: other.value ?? result, replayed: true, move: null };
      }),
    );
    if (!outcome.ok) return outcome;
    crashPoint('shipment.update.after');
    const { recorded, replayed, move } = outcome.value;
    const shipped = await asItStands(orders, recorded, replayed);
    if (move !== null && shipped.ok) telemetry.orderMoved(recorded.orderId, move, shipped.value.order.total);
    return shipped;
  };
}

/** The order's row is locked before its parcels are read, so that two scans of one order follow each other. */
async function record({ orders, shipments, outbox }: OrdersUnit, orderId: Id<'ord'>, scan: Scan): Promise<OrderMove | null> {
  const order = await orders.lock(orderId);
  const parcels = await shipments.ofOrder(orderId);
  const parcel = parcels.find(({ id }) => id === scan.shipmentId);
  if (order === null || parcel === undefined) throw new RefusedError(notFound('There is no such shipment.', 'shipmentId'));
  if (!isLegalStep(parcel.status, scan.to))
    throw new RefusedError(conflict(`A parcel does not go from ${parcel.status} to ${scan.to}.`, 'to'));
  if (scan.at < order.placedAt) throw new RefusedError(invalid('Before the order was placed.', 'occurredAt'));
  const next = stepTo(parcel, scan.to, scan.at, scan.trackingNumber);
  await shipments.update(next);
  const { fulfilment, move } = fulfilmentOf(
    order.status,
    order.lineIds,
    parcels.map((other) => (other.id === next.id ? next : other)),
  );
  await orders.setFulfilment(orderId, fulfilment);
  if (move === null) return null;
  await outbox.append(...told({ orderId, buyerId: order.buyerId }, move, await orders.move(orderId, move)));
  return move;
}

function parse(input: UpdateShipment['input'], now: Date): Outcome<Scan, Refusals> {
  const shipmentId = parseId('shp', input.shipmentId);
  const trackingNumber = input.trackingNumber?.trim() ?? '';
  const at = input.occurredAt ?? now;
  const refusals = [
    ...(shipmentId === null ? [invalid('Not the id of a shipment.', 'shipmentId')] : []),
    ...(trackingNumber.length > maxTrackingNumber || /\p{Cc}/u.test(trackingNumber)
      ? [invalid(`One line of at most ${maxTrackingNumber} characters.`, 'trackingNumber')]
      : []),
    ...(at.getTime() > now.getTime() + toleranceMs ? [invalid('In the future.', 'occurredAt')] : []),
  ];
  if (shipmentId === null || refusals.length > 0) return refuse(refusals);
  return ok({ shipmentId, to: input.to, trackingNumber: trackingNumber === '' ? null : trackingNumber, at });
}
