import type { Id } from '@tally/kernel';
import { moveOf, type FulfilmentStatus, type OrderMove, type OrderStatus } from './order.ts';

export type ShipmentStatus = 'LABEL_CREATED' | 'IN_TRANSIT' | 'OUT_FOR_DELIVERY' | 'DELIVERED' | 'LOST' | 'CANCELLED';
export type ShipmentStep = 'IN_TRANSIT' | 'OUT_FOR_DELIVERY' | 'DELIVERED' | 'LOST';

/** A parcel with whole lines of one order. */
export interface Shipment {
  readonly id: Id<'shp'>;
  readonly orderId: Id<'ord'>;
  readonly status: ShipmentStatus;
  readonly carrier: string;
  readonly trackingNumber: string | null;
  readonly lineIds: readonly Id<'line'>[];
  /** The first scan. */
  readonly shippedAt: Date | null;
  readonly deliveredAt: Date | null;
}

/** What a carrier can say next. A parcel that is lost moves no order: staff ships its lines again or refunds them. */
const legalSteps: Readonly<Record<ShipmentStatus, readonly ShipmentStep[]>> = {
  LABEL_CREATED: ['IN_TRANSIT', 'LOST'],
  IN_TRANSIT: ['OUT_FOR_DELIVERY', 'DELIVERED', 'LOST'],
  OUT_FOR_DELIVERY: ['IN_TRANSIT', 'DELIVERED', 'LOST'],
  DELIVERED: [],
  LOST: [],
  CANCELLED: [],
};

export const isLegalStep = (from: ShipmentStatus, to: ShipmentStep): boolean => legalSteps[from].includes(to);

/** Labels are possible once the money is certain; later ones are for lines whose parcel was lost. */
export const mayBePacked = (status: OrderStatus): boolean =>
  status === 'PROCESSING' || status === 'PARTIALLY_SHIPPED' || status === 'SHIPPED';

/** In a parcel that is neither lost nor called off. */
const counts = ({ status }: Shipment): boolean => status !== 'LOST' && status !== 'CANCELLED';

/** Lines that no parcel holds. */
export function unpackedLines(lineIds: readonly Id<'line'>[], shipments: readonly Shipment[]): ReadonlySet<Id<'line'>> {
  const packed = new Set(shipments.filter(counts).flatMap((shipment) => shipment.lineIds));
  return new Set(lineIds.filter((id) => !packed.has(id)));
}

/** The parcel after the carrier's word. `at` is when it happened there. */
export function stepTo(shipment: Shipment, to: ShipmentStep, at: Date, trackingNumber: string | null): Shipment {
  return {
    ...shipment,
    status: to,
    trackingNumber: trackingNumber ?? shipment.trackingNumber,
    shippedAt: shipment.shippedAt ?? (to === 'LOST' ? null : at),
    deliveredAt: to === 'DELIVERED' ? at : shipment.deliveredAt,
  };
}

/** How much of an order is on its way, and what that makes of the order: `move` is `null` while nothing changes. */
export function fulfilmentOf(
  status: OrderStatus,
  lineIds: readonly Id<'line'>[],
  shipments: readonly Shipment[],
): { readonly fulfilment: FulfilmentStatus; readonly move: OrderMove | null } {
  const under = (holds: (shipment: Shipment) => boolean): number =>
    new Set(shipments.filter((shipment) => counts(shipment) && holds(shipment)).flatMap((shipment) => shipment.lineIds)).size;
  const shipped = under(({ shippedAt }) => shippedAt !== null);
  const delivered = under((shipment) => shipment.status === 'DELIVERED');
  const all = lineIds.length;
  const fulfilment: FulfilmentStatus = shipped === all ? 'FULFILLED' : shipped > 0 ? 'PARTIAL' : 'UNFULFILLED';
  return { fulfilment, move: moveBy(status, { shipped, delivered, all }) };
}

function moveBy(
  status: OrderStatus,
  lines: { readonly shipped: number; readonly delivered: number; readonly all: number },
): OrderMove | null {
  if (status === 'PROCESSING' && lines.shipped > 0) return moveOf(status, lines.shipped === lines.all ? 'SHIPPED' : 'PARTIALLY_SHIPPED');
  if (status === 'PARTIALLY_SHIPPED' && lines.shipped === lines.all) return moveOf(status, 'SHIPPED');
  if (status === 'SHIPPED' && lines.delivered === lines.all) return moveOf(status, 'DELIVERED');
  return null;
}
