import type { ApolloClient } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { freshKey } from '../cart/fresh-key.ts';
import { faultOf } from '../graph/faults.ts';
import { quietly } from '../graph/quietly.ts';
import type { Refusal } from '../graph/refusal.ts';
import { Fault, Refusals } from '../look/refusals.tsx';
import { createShipment, readDeskOrder, updateShipment, type DeskOrder, type Scan } from './documents.ts';

const carrier = 'DHL';
const mayBePacked: ReadonlySet<string> = new Set(['PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED']);
const lost: ReadonlySet<string> = new Set(['LOST', 'CANCELLED']);
const scans: Readonly<Record<string, readonly (readonly [to: Scan, name: string])[]>> = {
  LABEL_CREATED: [['IN_TRANSIT', 'Hand to the carrier']],
  IN_TRANSIT: [
    ['OUT_FOR_DELIVERY', 'Out for delivery'],
    ['DELIVERED', 'Deliver'],
  ],
  OUT_FOR_DELIVERY: [['DELIVERED', 'Deliver']],
};

/** What can be done with an order now. */
export function DeskOrderView({
  client,
  orderId,
  lastStep,
}: {
  readonly client: ApolloClient;
  readonly orderId: string;
  readonly lastStep: number;
}) {
  const { data, error, refetch } = useQuery(readDeskOrder, { client, variables: { id: orderId }, fetchPolicy: 'network-only' });
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [fault, setFault] = useState<string | null>(null);

  useEffect(() => {
    quietly(refetch());
  }, [lastStep, refetch]);

  async function work(steps: () => Promise<readonly Refusal[]>): Promise<void> {
    setBusy(true);
    setFault(null);
    try {
      setRefusals(await steps());
    } catch (failure) {
      setFault(faultOf(failure));
    }
    await refetch().catch(() => undefined); // shown by the query itself
    setBusy(false);
  }

  async function scan(shipmentId: string, to: Scan): Promise<readonly Refusal[]> {
    const input = { shipmentId, to, trackingNumber: `TRACK-${shipmentId.slice(-6).toUpperCase()}`, idempotencyKey: freshKey() };
    const answer = await client.mutate({ mutation: updateShipment, variables: { input } });
    return answer.data?.done.userErrors ?? [];
  }

  async function ship(lineIds: readonly string[]): Promise<readonly Refusal[]> {
    const input = { orderId, lineIds, carrier, idempotencyKey: freshKey() };
    const answer = await client.mutate({ mutation: createShipment, variables: { input } });
    const { shipment, userErrors } = answer.data?.done ?? { shipment: null, userErrors: [] };
    return shipment === null ? userErrors : scan(shipment.id, 'IN_TRANSIT');
  }

  const order = data?.order ?? null;
  if (order === null)
    return error === undefined ? <p className="soft">Looking …</p> : <Fault text={faultOf(error)} onRetry={() => quietly(refetch())} />;
  const waiting = unpacked(order);
  const chosen = waiting.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  const parcels = order.shipments.filter(({ status }) => scans[status] !== undefined);

  return (
    <>
      {mayBePacked.has(order.status) && waiting.length > 0 ? (
        <fieldset disabled={busy}>
          <legend>Pack</legend>
          {waiting.map(({ id, title, quantity }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={!kept.has(id)}
                onChange={() => {
                  setKept(kept.has(id) ? new Set([...kept].filter((one) => one !== id)) : new Set([...kept, id]));
                }}
              />
              {quantity} × {title}
            </label>
          ))}
          <button type="button" disabled={chosen.length === 0} onClick={() => void work(() => ship(chosen))}>
            Ship {chosen.length === waiting.length ? 'everything' : `${String(chosen.length)} of ${String(waiting.length)}`}
          </button>
        </fieldset>
      ) : null}
      {parcels.map(({ id, status }) => (
        <div key={id} className="parcel">
          <span>Parcel, {status.toLowerCase().replaceAll('_', ' ')}</span>
          {scans[status]?.map(([to, name]) => (
            <button key={to} type="button" disabled={busy} onClick={() => void work(() => scan(id, to))}>
              {name}
            </button>
          ))}
        </div>
      ))}
      {parcels.length === 0 && !(mayBePacked.has(order.status) && waiting.length > 0) ? <p>{idleText(order)}</p> : null}
      <Refusals refusals={refusals} title="The desk could not do that." />
      {fault === null ? null : <Fault text={fault} />}
    </>
  );
}

/** Lines that no parcel holds. */
function unpacked({ lines, shipments }: DeskOrder): DeskOrder['lines'] {
  const packed = new Set(shipments.filter(({ status }) => !lost.has(status)).flatMap((shipment) => shipment.lines.map(({ id }) => id)));
  return lines.filter(({ id }) => !packed.has(id));
}

const idleText = ({ status }: DeskOrder): string =>
  ['PENDING', 'STOCK_RESERVED', 'CONFIRMED'].includes(status)
    ? 'Nothing to pack yet: the order is not paid for.'
    : 'Nothing is left to do.';
