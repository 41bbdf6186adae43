import type { EventStream, StreamClient } from '../../streams/stream-client.ts';

/** What a buyer has been told over a socket, about every order she places. */
export interface EverythingTold {
  /** Events of each order, by its id. */
  readonly orders: () => ReadonlyMap<string, number>;
  /** Events of all orders together. */
  readonly count: () => number;
  /** Events of the list of all her orders, which is another topic. */
  readonly listed: () => number;
  /** What should not have come, or stopped coming. */
  readonly problems: readonly string[];
}

/** Listens to the list of a buyer's orders, and opens a stream for each order that appears there: the events of one are numbered from 1 without a hole. */
export function listenToEverything(phone: StreamClient): EverythingTold {
  const orders = new Map<string, number>();
  const problems: string[] = [];
  let listed = 0;

  async function follow(orderId: string): Promise<void> {
    orders.set(orderId, 0);
    await read(phone.open('TrackOrder', { orderId, afterSequence: 0 }), ({ orderStatusChanged: { sequence } }) => {
      const expected = (orders.get(orderId) ?? 0) + 1;
      if (sequence === expected) orders.set(orderId, sequence);
      else problems.push(`order ${orderId}: event ${String(sequence)} came where ${String(expected)} was next`);
    });
  }

  async function read<Data>(stream: EventStream<Data>, take: (data: Data) => void): Promise<void> {
    for (let event = await stream.next(); event !== null; event = await stream.next()) {
      for (const { message } of event.errors) problems.push(message);
      take(event.data);
    }
    const { reason, errors } = await stream.ended;
    if (reason !== 'left') problems.push(`a stream ended (${reason}) ${errors.map(({ message }) => message).join(', ')}`.trim());
  }

  void read(phone.open('MyOrders', { afterSequence: 0 }), ({ myOrdersChanged: { order } }) => {
    listed += 1;
    if (order === null) problems.push('the list of her orders names none');
    else if (!orders.has(order.id)) void follow(order.id);
  });
  return {
    orders: () => orders,
    count: () => [...orders.values()].reduce((sum, count) => sum + count, 0),
    listed: () => listed,
    problems,
  };
}
