import { GraphQLError, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { makeServer, type ConnectionInitMessage, type Server, type SubscribePayload } from 'graphql-ws';
import { Operation, OperationEndedError } from './operation.ts';

/** What the protocol asks of a socket. */
export interface ProtocolPeer {
  /** `false`: this caller may not come in. */
  greet(params: ConnectionInitMessage['payload']): Promise<boolean>;
  /** An operation to begin, or why there may not be one more. */
  admit(id: string, payload: SubscribePayload): Operation | GraphQLError;
}

// graphql-ws wants a document and a schema. Ours are the engine's, and what is no subscription is for the engine to refuse.
const document = parse('subscription { _ }');
const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { _: { type: GraphQLString } } }) });

/**
 * graphql-transport-ws, for handshake, ids and completion: graphql-ws's core without a socket library. Deadlines are the sweep's, results are written
 * past it, and errors go out as the engine made them.
 *
 * @see the protocol, https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */
export function createProtocol(): Server<ProtocolPeer> {
  return makeServer<ConnectionInitMessage['payload'], ProtocolPeer>({
    connectionInitWaitTimeout: 0,
    onConnect(context) {
      const { extra, connectionParams } = context;
      // Nobody needs the token for as long as the socket lives.
      Object.assign(context, { connectionParams: undefined });
      return extra.greet(connectionParams);
    },
    onSubscribe({ extra }, id, payload) {
      const operation = extra.admit(id, { ...payload });
      // The library keeps the message for as long as the subscription lives.
      Object.assign(payload, { query: '', variables: null, extensions: null });
      if (operation instanceof GraphQLError) return [operation];
      return { schema, document, rootValue: undefined, contextValue: operation };
    },
    subscribe({ contextValue }) {
      if (contextValue instanceof Operation) return contextValue.begin();
      throw new TypeError('an operation that was not admitted');
    },
    onError: (_, __, ___, errors) =>
      errors.flatMap((error) => (error.originalError instanceof OperationEndedError ? error.originalError.errors : [error.toJSON()])),
  });
}
