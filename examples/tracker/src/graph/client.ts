import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import { from, mergeMap } from 'rxjs';
import type { Credentials } from '../live/connection.ts';

/**
 * The graph for one person. Queries and mutations go over HTTP, streams over the socket.
 *
 * @param socket `null`: this client never listens.
 */
export function createGraphClient(options: {
  readonly url: string;
  readonly credentials: Credentials;
  readonly socket: Client | null;
}): ApolloClient {
  const { url, credentials, socket } = options;

  const withToken = new SetContextLink(async (before) => {
    const token = await credentials.token();
    const headers = before['headers'] as Readonly<Record<string, string>> | undefined;
    return { token, ...(token === null ? {} : { headers: { ...headers, authorization: `Bearer ${token}` } }) };
  });

  // Nothing has run when a token is refused, so whatever it was may be sent again.
  const onceMoreWithNewToken = new ErrorLink(({ error, operation, forward }) => {
    const { token, renewed } = operation.getContext() as { readonly token?: string | null; readonly renewed?: boolean };
    if (!isUnauthenticated(error) || token == null || renewed === true) return undefined;
    operation.setContext({ renewed: true });
    return from(credentials.tokenInsteadOf(token)).pipe(mergeMap(() => forward(operation)));
  });

  const overHttp = ApolloLink.from([onceMoreWithNewToken, withToken, new HttpLink({ uri: url })]);
  return new ApolloClient({
    cache: createCache(),
    link:
      socket === null
        ? overHttp
        : ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, new GraphQLWsLink(socket), overHttp),
    devtools: { enabled: false },
  });
}

const isUnauthenticated = (error: unknown): boolean =>
  CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');

interface Versioned {
  readonly version?: number;
}

const createCache = (): InMemoryCache =>
  new InMemoryCache({
    typePolicies: {
      // A query that was slow may come after the event that overtook it.
      Inventory: {
        merge: (known: Versioned | undefined, incoming: Versioned) =>
          (known?.version ?? 0) > (incoming.version ?? 0) ? { ...incoming, ...known } : { ...known, ...incoming },
      },
      User: { fields: { cart: { merge: false } } },
    },
    possibleTypes: {
      UserError: ['BasicError', 'InsufficientStockError', 'PriceChangedError', 'IllegalTransitionError', 'RateLimitedError'],
    },
  });
