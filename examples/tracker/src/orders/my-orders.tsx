import { useQuery } from '@apollo/client/react';
import { hrefOf } from '../frame/places.ts';
import type { Arrivals } from '../frame/use-feeds.ts';
import { faultOf } from '../graph/faults.ts';
import { quietly } from '../graph/quietly.ts';
import { formatMoney } from '../look/money.ts';
import { clockTime } from '../look/moments.ts';
import { Fault } from '../look/refusals.tsx';
import { myOrders, type OrderSummary } from './my-orders-documents.ts';
import { isEnd, isUnhappy, nameOf } from './steps.ts';

/** The newest orders, each where it stands. */
export function MyOrders({ arrivals }: { readonly arrivals: Arrivals }) {
  const { data, error, refetch } = useQuery(myOrders, { fetchPolicy: 'cache-and-network' });
  const orders = data?.me?.orders?.edges.map(({ node }) => node);

  if (orders === undefined && error !== undefined) return <Fault text={faultOf(error)} onRetry={() => quietly(refetch())} />;
  if (orders === undefined) return <p className="empty">Looking for your orders …</p>;
  if (orders.length === 0)
    return (
      <section className="empty" aria-label="Orders">
        <p>No orders yet. Buy something and watch it move.</p>
        <a href={hrefOf({ kind: 'shop' })}>Go to the shop</a>
      </section>
    );
  return (
    <section aria-label="Orders">
      <h1 className="pane-title">Orders</h1>
      <ul className="orders" aria-label="My orders">
        {orders.map((order) => (
          <li key={order.id}>
            <a href={hrefOf({ kind: 'order', id: order.id })}>
              <span className="order-status">
                <span className={`dot ${isUnhappy(order.status) ? 'bad' : isEnd(order.status) ? 'done' : 'moving'}`} aria-hidden="true" />
                <b>{nameOf(order.status)}</b>
                {arrivals.get(order.id) === 'missed' ? <span className="missed-mark">changed while offline</span> : null}
              </span>
              <span className="price">{formatMoney(order.total)}</span>
              <span className="soft order-what">{summaryOf(order)}</span>
              <span className="soft">
                {order.number}, {clockTime(order.placedAt)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function summaryOf({ lines }: OrderSummary): string {
  const [first, ...others] = lines;
  if (first === undefined) return '';
  const what = `${String(first.quantity)} × ${first.title}`;
  return others.length === 0 ? what : `${what} and ${String(others.length)} more`;
}
