import type { ApolloClient } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { createContext, use, useSyncExternalStore, type ReactNode } from 'react';
import { createGraphClient } from '../graph/client.ts';
import type { Post } from '../graph/post.ts';
import { createConnection, type Connection, type ConnectionState } from '../live/connection.ts';
import type { SignedIn } from '../session/kept-session.ts';
import type { Session } from '../session/session.ts';

/** What everything on the page works with. Whoever signs in gets a new one: neither answers nor the socket are handed on. */
export interface Shopfront {
  readonly graphUrl: string;
  readonly post: Post;
  readonly session: Session;
  readonly client: ApolloClient;
  readonly connection: Connection;
}

export function openShopfront(parts: Pick<Shopfront, 'graphUrl' | 'post' | 'session'>): Shopfront {
  const { graphUrl, session } = parts;
  const connection = createConnection({ url: graphUrl.replace(/^http/, 'ws'), credentials: session });
  return { ...parts, connection, client: createGraphClient({ url: graphUrl, credentials: session, socket: connection.socket }) };
}

const ShopfrontContext = createContext<Shopfront | null>(null);

export function ShopfrontProvider({ shopfront, children }: { readonly shopfront: Shopfront; readonly children: ReactNode }) {
  return (
    <ShopfrontContext value={shopfront}>
      <ApolloProvider client={shopfront.client}>{children}</ApolloProvider>
    </ShopfrontContext>
  );
}

export function useShopfront(): Shopfront {
  const shopfront = use(ShopfrontContext);
  if (shopfront === null) throw new TypeError('outside the shop');
  return shopfront;
}

export function useSignedIn(): SignedIn | null {
  const { session } = useShopfront();
  return useSyncExternalStore(session.subscribe, session.current);
}

export function useConnection(): ConnectionState {
  const { connection } = useShopfront();
  return useSyncExternalStore(connection.subscribe, connection.state);
}
