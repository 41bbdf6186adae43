import { crashPoint, fingerprint, newId, ok, parseId, refuse, type Id, type Outcome } from '@tally/kernel';
import { mayFulfil, type Actor } from '../domain/actor.ts';
import { conflict, invalid, notFound, type Refusals } from '../domain/refusal.ts';
import { mayBePacked, unpackedLines, type Shipment } from '../domain/shipment.ts';
import type { OrdersUnit } from '../ports/unit.ts';
import { replayOf, requireKey } from './idempotent.ts';
import { orRefusals, RefusedError } from './refused.ts';
import { asItStands, type RecordedShipment, type ShipmentDeps, type ShippedOrder } from './shipped-order.ts';

export interface CreateShipment {
  readonly actor: Actor;
  readonly key: string | null;
  readonly input: { readonly orderId: string; readonly lineIds: readonly string[]; readonly carrier: string };
}

const operation = 'shipmentCreate';
const maxCarrier = 100;

/** Packs whole lines of a paid order into a parcel. A line is in one parcel at a time; one whose parcel was lost may be packed again. */
export function createCreateShipment(deps: ShipmentDeps) {
  const { transact, keys, orders } = deps;
  return async function createShipment({ actor, key: sentKey, input }: CreateShipment): Promise<Outcome<ShippedOrder, Refusals>> {
    const key = requireKey(actor, sentKey);
    if (!key.ok) return key;
    if (!mayFulfil(actor)) return refuse([{ kind: 'FORBIDDEN', message: 'Not allowed.', field: [] }]);
    const intent = fingerprint({ ...input }, ['idempotencyKey']);
    const earlier = await replayOf<RecordedShipment>(keys.find(key.value.scope, operation, key.value.key), intent);
    if (!earlier.ok) return earlier;
    if (earlier.value !== null) return asItStands(orders, earlier.value, true);
    const parsed = parse(input);
    if (!parsed.ok) return parsed;
    const { orderId, lineIds, carrier } = parsed.value;
    const shipment: Shipment = {
      id: newId('shp'),
      orderId,
      status: 'LABEL_CREATED',
      carrier,
      trackingNumber: null,
      lineIds,
      shippedAt: null,
      deliveredAt: null,
    };

    const outcome = await orRefusals(
      transact(async (unit) => {
        const result: RecordedShipment = { orderId, shipmentId: shipment.id };
        const claimed = await unit.idempotency.claim(key.value.scope, operation, key.value.key, intent, result);
        if (claimed !== 'claimed') {
          const other = await replayOf<RecordedShipment>(Promise.resolve(claimed), intent);
          if (!other.ok) throw new RefusedError(...other.refusal);
          return { recorded: other.value ?? result, replayed: true };
        }
        await pack(unit, shipment);
        return { recorded: result, replayed: false };
      }),
    );
    if (!outcome.ok) return outcome;
    crashPoint('shipment.create.after');
    return asItStands(orders, outcome.value.recorded, outcome.value.replayed);
  };
}

async function pack({ orders, shipments }: OrdersUnit, shipment: Shipment): Promise<void> {
  const order = await orders.lock(shipment.orderId);
  if (order === null) throw new RefusedError(notFound('There is no such order.', 'orderId'));
  if (!mayBePacked(order.status)) throw new RefusedError({ kind: 'ILLEGAL_TRANSITION', from: order.status, to: 'SHIPPED' });
  const free = unpackedLines(order.lineIds, await shipments.ofOrder(order.id));
  const refusals = shipment.lineIds.flatMap((id, at) => {
    if (!order.lineIds.includes(id)) return [notFound('There is no such line in this order.', 'lineIds', String(at))];
    return free.has(id) ? [] : [conflict('This line is in another parcel.', 'lineIds', String(at))];
  });
  if (refusals.length > 0) throw new RefusedError(...refusals);
  await shipments.create(shipment);
}

function parse(input: CreateShipment['input']): Outcome<{ orderId: Id<'ord'>; lineIds: readonly Id<'line'>[]; carrier: string }, Refusals> {
  const orderId = parseId('ord', input.orderId);
  const lineIds = [...new Set(input.lineIds)].map((text) => parseId('line', text));
  const carrier = input.carrier.trim();
  const refusals = [
    ...(orderId === null ? [invalid('Not the id of an order.', 'orderId')] : []),
    ...(lineIds.length === 0 || lineIds.length > 250 ? [invalid('1 to 250 lines.', 'lineIds')] : []),
    ...lineIds.flatMap((id, at) => (id === null ? [invalid('Not the id of a line.', 'lineIds', String(at))] : [])),
    ...(carrier === '' || carrier.length > maxCarrier || /\p{Cc}/u.test(carrier)
      ? [invalid(`One line of 1 to ${maxCarrier} characters.`, 'carrier')]
      : []),
  ];
  if (orderId === null || refusals.length > 0) return refuse(refusals);
  return ok({ orderId, lineIds: lineIds.filter((id) => id !== null), carrier });
}
