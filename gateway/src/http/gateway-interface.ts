import type { GatewayExecutionResult, GatewayInterface } from '@apollo/server-gateway-interface';
import type { Answer } from '../answer.ts';
import type { Generation } from '../supergraph/generation.ts';
import type { RequestScope } from './request-scope.ts';

export interface ApolloContext {
  readonly scope: RequestScope;
}

/**
 * Stands where `ApolloGateway` would: gives Apollo Server the API schema and takes validated documents from it. A request finds its generation by the
 * schema object it was validated against, so it never sees two.
 */
export function createGatewayInterface(options: {
  readonly generation: Generation;
  readonly answer: Answer;
  /** Operation names that may appear in metrics and spans. */
  readonly knownOperations: ReadonlySet<string>;
  readonly showValueCompletion: boolean;
}): GatewayInterface {
  const { generation, answer, knownOperations, showValueCompletion } = options;
  const generations = new WeakMap<object, Generation>([[generation.apiSchema, generation]]);

  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: generation.apiSchema, coreSupergraphSdl: generation.sdl });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        async executor({ schema, document, queryHash, operationName, request, context }): Promise<GatewayExecutionResult> {
          const { scope } = context as unknown as ApolloContext;
          const result = await answer({
            generation: generations.get(schema) ?? generation,
            document,
            queryHash,
            operationName: operationName ?? request.operationName ?? null,
            variables: request.variables ?? {},
            caller: scope.caller,
            address: scope.address,
            facts: scope.facts,
            named({ name, definition }) {
              scope.type = definition.operation;
              scope.operation = name !== null && knownOperations.has(name) ? name : 'other';
            },
          });
          if (showValueCompletion || result.extensions === undefined) return result as GatewayExecutionResult;
          const { extensions: _, ...rest } = result;
          return rest as GatewayExecutionResult;
        },
      }),
    stop: () => Promise.resolve(),
  };
}
