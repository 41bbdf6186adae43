import { useQuery } from '@apollo/client/react';
import { Desk } from '../desk/desk.tsx';
import { hrefOf } from '../frame/places.ts';
import { formatMoney } from '../look/money.ts';
import { Marks } from '../look/marks.tsx';
import { clockTime } from '../look/moments.ts';
import { Fault, Refusals } from '../look/refusals.tsx';
import { MessagesAbout } from '../messages/messages-about.tsx';
import { CancelOrder } from './cancel-order.tsx';
import { readOrder, type OrderPage } from './documents.ts';
import { newest } from './newest.ts';
import { isUnhappy, nameOf, type Step } from './steps.ts';
import { Timeline } from './timeline.tsx';
import type { TrackedOrder } from './use-tracked-order.ts';

/** One order, as far as it was told. */
export function OrderView({ tracked }: { readonly tracked: TrackedOrder & { readonly orderId: string } }) {
  const { orderId, steps, now, fault, retry } = tracked;
  const { data } = useQuery(readOrder, { variables: { id: orderId }, fetchPolicy: 'cache-only' });
  const order = data?.order == null ? null : newest(data.order, now);
  const latest = steps.at(-1);

  return (
    <article className="order" aria-label={order === null ? 'Order' : `Order ${order.number}`}>
      <p className="back">
        <a href={hrefOf({ kind: 'orders' })}>All orders</a>
        {order === null ? null : <span className="soft"> Order {order.number}</span>}
      </p>
      <header>
        <h1 className={latest !== undefined && isUnhappy(latest.status) ? 'unhappy' : ''}>
          {latest === undefined ? (fault === null ? 'Looking …' : 'Not shown') : nameOf(latest.status)}
        </h1>
        <Marks count={steps.length} />
      </header>
      <p className="unseen" aria-live="polite">
        {latest === undefined || latest.told === 'before'
          ? ''
          : `${nameOf(latest.status)}, step ${String(latest.sequence)}${latest.told === 'missed' ? ', missed while offline' : ''}`}
      </p>
      {fault === null ? null : <Fault text={fault} onRetry={retry} />}
      {fault !== null && latest === undefined ? null : <Timeline steps={steps} />}
      {order === null ? null : <Refusals refusals={toldProblems(order, latest)} title={problemTitle(latest)} />}
      {order === null ? null : (
        <>
          <CancelOrder order={order} />
          <Contents order={order} />
          <MessagesAbout orderId={orderId} />
          <Desk key={orderId} orderId={orderId} lastStep={latest?.sequence ?? 0} />
        </>
      )}
    </article>
  );
}

/** Problems belong to the end that was told, not to one that is known from elsewhere already. */
const toldProblems = (order: OrderPage, latest: Step | undefined): OrderPage['problems'] =>
  latest !== undefined && isUnhappy(latest.status) ? order.problems : [];

function problemTitle(latest: Step | undefined): string {
  if (latest?.status === 'PAYMENT_FAILED') return 'The payment did not go through. Nothing was charged.';
  return latest?.status === 'REJECTED' ? 'Not everything was there. Nothing was charged.' : 'The order was called off.';
}

function Contents({ order }: { readonly order: OrderPage }) {
  const { lines, shipping, total, paymentStatus, shippingAddress, shipments, placedAt } = order;
  return (
    <section className="contents" aria-label="What was ordered">
      <h2>What was ordered</h2>
      <ul>
        {lines.map(({ id, title, quantity, lineTotal }) => (
          <li key={id}>
            <span>
              {quantity} × {title}
            </span>
            <span className="price">{formatMoney(lineTotal)}</span>
          </li>
        ))}
        <li className="soft">
          <span>Shipping</span>
          <span className="price">{formatMoney(shipping)}</span>
        </li>
        <li className="strong">
          <span>Total</span>
          <span className="price">{formatMoney(total)}</span>
        </li>
      </ul>
      <dl className="facts">
        <div>
          <dt>Placed</dt>
          <dd>{clockTime(placedAt)}</dd>
        </div>
        <div>
          <dt>Payment</dt>
          <dd>{paymentStatus === null ? 'not yet' : inWords(paymentStatus)}</dd>
        </div>
        <div>
          <dt>To</dt>
          <dd>
            {shippingAddress.line1}, {shippingAddress.postalCode} {shippingAddress.city}
          </dd>
        </div>
        {shipments.map(({ id, carrier, status, trackingNumber }) => (
          <div key={id}>
            <dt>Parcel</dt>
            <dd>
              {carrier}, {inWords(status)}
              {trackingNumber === null ? null : <code> {trackingNumber}</code>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const inWords = (name: string): string => name.toLowerCase().replaceAll('_', ' ');
