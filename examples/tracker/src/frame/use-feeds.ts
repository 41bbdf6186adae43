import { useEffect, useState } from 'react';
import { myCart } from '../cart/documents.ts';
import { quietly } from '../graph/quietly.ts';
import { follow } from '../live/follow.ts';
import { messages, watchMessages, type Message } from '../messages/documents.ts';
import { myOrders, watchMyOrders } from '../orders/my-orders-documents.ts';
import { nameOf } from '../orders/steps.ts';
import { useShopfront, useSignedIn } from './shopfront.tsx';

/** What has come since the page was opened, by id: heard at once, or caught up on. */
export type Arrivals = ReadonlyMap<string, 'live' | 'missed'>;

export interface Feeds {
  readonly arrivals: Arrivals;
  /** The newest arrival in words. */
  readonly announcement: string;
}

/** Confirmed, an order takes what was sold out of the cart. */
const emptiesCart: ReadonlySet<string> = new Set(['CONFIRMED', 'PROCESSING']);

const silence: Feeds = { arrivals: new Map(), announcement: '' };

/** Hears of every order and every mail of whoever is signed in. */
export function useFeeds(): Feeds {
  const { client, connection } = useShopfront();
  const userId = useSignedIn()?.userId ?? null;
  const [feeds, setFeeds] = useState<Feeds>(silence);

  useEffect(() => {
    if (userId === null) return undefined;
    const arrived = (id: string, how: 'live' | 'missed', announcement: string): void => {
      setFeeds(({ arrivals }) => ({ arrivals: new Map([...arrivals, [id, how]]), announcement }));
    };
    const stops = [followOrders(client, connection, arrived), followMessages(client, connection, arrived)];
    return () => {
      for (const stop of stops) stop();
      setFeeds(silence);
    };
  }, [client, connection, userId]);

  return feeds;
}

type Shop = ReturnType<typeof useShopfront>;
type Arrived = (id: string, how: 'live' | 'missed', announcement: string) => void;

function followOrders(client: Shop['client'], connection: Shop['connection'], arrived: Arrived): () => void {
  let last: number | null = null;
  /** Where each order stood when the connection came back. */
  let heads: ReadonlyMap<string, number> = new Map();
  return follow({
    client,
    connection,
    document: watchMyOrders,
    variables: () => ({ afterSequence: last }),
    async beforeResuming() {
      const { data } = await client.query({ query: myOrders, fetchPolicy: 'network-only' });
      heads = new Map(data?.me?.orders?.edges.map(({ node }) => [node.id, node.sequence]));
    },
    onEvent({ myOrdersChanged: { sequence, order, status } }) {
      // Without `afterSequence` a stream begins with the newest event there is: that is no news.
      const isNews = last !== null || heads.size > 0;
      last = sequence;
      if (order === null) return;
      const listed = client.readQuery({ query: myOrders })?.me?.orders?.edges.some(({ node }) => node.id === order.id) ?? true;
      quietly(client.refetchQueries({ include: [...(listed ? [] : [myOrders]), ...(emptiesCart.has(status) ? [myCart] : [])] }));
      if (isNews)
        arrived(order.id, order.sequence <= (heads.get(order.id) ?? 0) ? 'missed' : 'live', `Order ${order.number}: ${nameOf(status)}`);
    },
    onRefused: () => undefined,
  });
}

function followMessages(client: Shop['client'], connection: Shop['connection'], arrived: Arrived): () => void {
  let last: number | null = null;
  let opened = false;
  /** Those that were there when the connection came back. */
  let known: ReadonlySet<string> = new Set();
  return follow({
    client,
    connection,
    document: watchMessages,
    variables: () => ({ afterSequence: last }),
    async beforeResuming() {
      opened = true;
      const { data } = await client.query({ query: messages, fetchPolicy: 'network-only' });
      known = new Set(data?.me?.notifications?.edges.map(({ node }) => node.id));
    },
    onEvent({ notificationReceived: { sequence, notification } }) {
      const isNews = last !== null || opened;
      last = sequence;
      if (notification === null) return;
      list(client, notification);
      if (isNews) arrived(notification.id, known.has(notification.id) ? 'missed' : 'live', `New mail: ${notification.subject}`);
    },
    onRefused: () => undefined,
  });
}

/** Puts a message on top of those that were read, unless it is there. */
function list(client: Shop['client'], message: Message): void {
  client.cache.updateQuery({ query: messages }, (known) => {
    const inbox = known?.me?.notifications;
    if (known?.me == null || inbox == null || inbox.edges.some(({ node }) => node.id === message.id)) return undefined;
    const edge = { __typename: 'NotificationEdge', node: message };
    return { me: { ...known.me, notifications: { ...inbox, unreadCount: inbox.unreadCount + 1, edges: [edge, ...inbox.edges] } } };
  });
}
