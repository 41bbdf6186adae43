import { skipToken, useQuery } from '@apollo/client/react';
import { useEffect, useRef, type ReactNode } from 'react';
import { CartView } from '../cart/cart-view.tsx';
import { useCart } from '../cart/use-cart.ts';
import { messages } from '../messages/documents.ts';
import { MessagesView } from '../messages/messages-view.tsx';
import { MyOrders } from '../orders/my-orders.tsx';
import { OrderView } from '../orders/order-view.tsx';
import { useTrackedOrder } from '../orders/use-tracked-order.ts';
import { SignIn } from '../session/sign-in.tsx';
import { Shop } from '../shop/shop.tsx';
import { ConnectionBar } from './connection-bar.tsx';
import { useSignedIn } from './shopfront.tsx';
import { Tabs, type Tab } from './tabs.tsx';
import { TopBar } from './top-bar.tsx';
import { useFeeds } from './use-feeds.ts';
import { usePlaces } from './use-places.ts';

/** Both panes are shown, and the right one scrolls by itself. */
const isWide = window.matchMedia('(min-width: 60rem)');

/** The page: the shop on the left, what becomes of an order on the right. */
export function App() {
  const { front, left, right } = usePlaces();
  const signedIn = useSignedIn();
  const cart = useCart();
  const feeds = useFeeds();
  const inbox = useQuery(messages, signedIn === null ? skipToken : {});
  const tracked = useTrackedOrder(signedIn !== null && right.kind === 'order' ? right.id : null);

  const rightPane = useRef<HTMLDivElement>(null);
  useEffect(() => {
    rightPane.current?.scrollTo(0, 0);
    if (!isWide.matches) window.scrollTo(0, 0);
  }, [right]);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [left]);

  const shown = (kind: Places['kind'], pane: 'left' | 'right'): boolean => front === pane && (pane === 'left' ? left : right).kind === kind;
  const leftTabs: readonly Tab[] = [
    { name: 'Shop', place: { kind: 'shop' }, current: left.kind === 'shop', count: 0 },
    { name: 'Cart', place: { kind: 'cart' }, current: left.kind === 'cart', count: cart.count },
  ];
  const rightTabs: readonly Tab[] = [
    { name: 'Orders', place: { kind: 'orders' }, current: right.kind !== 'messages', count: 0 },
    {
      name: 'Messages',
      place: { kind: 'messages' },
      current: right.kind === 'messages',
      count: inbox.data?.me?.notifications?.unreadCount ?? 0,
    },
  ];
  const footTabs = [...leftTabs, ...rightTabs].map((tab) => ({
    ...tab,
    current: shown(tab.place.kind, front) || (tab.place.kind === 'orders' && shown('order', 'right')),
  }));

  return (
    <div className="page" data-front={front}>
      <TopBar />
      <ConnectionBar steps={tracked.steps} />
      <main>
        <div className="pane left">
          <Tabs label="Shop and cart" tabs={leftTabs} className="pane-tabs" />
          {left.kind === 'shop' ? <Shop cart={cart} /> : <CartView cart={cart} />}
        </div>
        <div className="pane right" ref={rightPane}>
          <Tabs label="Orders and messages" tabs={rightTabs} className="pane-tabs" />
          {signedIn === null ? <SignIn why="To see your orders and your mail." /> : rightView()}
        </div>
      </main>
      <Tabs label="Places" tabs={footTabs} className="foot-tabs" />
      <p className="unseen" aria-live="polite">
        {feeds.announcement}
      </p>
    </div>
  );

  function rightView(): ReactNode {
    if (right.kind === 'orders') return <MyOrders arrivals={feeds.arrivals} />;
    if (right.kind === 'messages') return <MessagesView arrivals={feeds.arrivals} />;
    return <OrderView key={right.id} tracked={{ ...tracked, orderId: right.id }} />;
  }
}

type Places = Tab['place'];
