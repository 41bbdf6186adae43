import { useEffect, useState } from 'react';
import { useShopfront } from '../frame/shopfront.tsx';
import { faultOf } from '../graph/faults.ts';
import { follow } from '../live/follow.ts';
import { readOrder, readOrderNow, trackOrder, type OrderEvent, type OrderNow } from './documents.ts';
import { later } from './newest.ts';
import { lastOf, withStep, type Step } from './steps.ts';

/** An order that is being watched. */
export interface TrackedOrder {
  readonly orderId: string | null;
  readonly steps: readonly Step[];
  /** As the newest event told it; `null`: none has. */
  readonly now: OrderNow | null;
  /** `null`: it is there, or still on its way. */
  readonly fault: string | null;
  retry(): void;
}

interface Told {
  readonly of: unknown;
  readonly steps: readonly Step[];
  readonly now: OrderNow | null;
  readonly fault: string | null;
}

/**
 * Reads an order once, and then hears each of its steps: after a connection that broke from the step after the last one on. What is shown is what was
 * told; nothing is guessed ahead.
 */
export function useTrackedOrder(orderId: string | null): TrackedOrder {
  const { client, connection } = useShopfront();
  const [attempt, setAttempt] = useState(0);
  const [told, setTold] = useState<Told>({ of: null, steps: [], now: null, fault: null });

  useEffect(() => {
    if (orderId === null) return undefined;
    let over = false;
    let stop: () => void = () => undefined;
    let steps: readonly Step[] = [];
    let now: OrderNow | null = null;
    /** The order stood here when the connection came back: what is told up to it was missed. */
    let missedUpTo = 0;

    function show(fault: string | null): void {
      if (!over) setTold({ of: orderId, steps, now, fault });
    }

    async function begin(id: string): Promise<void> {
      const { data } = await client.query({ query: readOrder, variables: { id }, fetchPolicy: 'network-only' });
      if (over) return;
      if (data?.order == null) return show('There is no such order, or it is not yours.');
      steps = data.order.timeline.map((event) => toStep(event, 'before'));
      show(null);
      stop = follow({
        client,
        connection,
        document: trackOrder,
        variables: () => ({ orderId: id, afterSequence: lastOf(steps) }),
        async beforeResuming() {
          const { data: read } = await client.query({ query: readOrderNow, variables: { id }, fetchPolicy: 'network-only' });
          missedUpTo = read?.order?.sequence ?? missedUpTo;
        },
        onEvent({ orderStatusChanged: event }) {
          now = later(now, event.order);
          steps = withStep(steps, toStep(event, event.sequence <= missedUpTo ? 'missed' : 'live'));
          show(null);
        },
        onRefused(error) {
          show(faultOf(error));
        },
      });
    }

    begin(orderId).catch((error: unknown) => {
      show(faultOf(error));
    });
    return () => {
      over = true;
      stop();
    };
  }, [client, connection, orderId, attempt]);

  const current = told.of === orderId ? told : { steps: [], now: null, fault: null };
  return {
    orderId,
    steps: current.steps,
    now: current.now,
    fault: current.fault,
    retry() {
      setAttempt(attempt + 1);
    },
  };
}

const toStep = ({ sequence, status, note, occurredAt }: OrderEvent, told: Step['told']): Step => ({
  sequence,
  status,
  note,
  occurredAt,
  told,
});
