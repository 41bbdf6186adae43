import { operationFromDocument, type Schema } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { getOperationAST, GraphQLError, Kind, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode } from 'graphql';
import { Refusal } from '../refusal.ts';
import type { Generation } from '../supergraph/generation.ts';
import { sourceLength } from './bounded.ts';
import { toEventPlan } from './event-plan.ts';
import type { Unplanned } from './plan-cache.ts';

/** One validated operation of one document, under one generation. Immutable and shared by all requests for it. */
export interface GraphOperation extends Unplanned {
  readonly generation: Generation;
  /** What it may name: what clients see, or, for operations the gateway writes itself, all there is. */
  readonly view: 'api' | 'supergraph';
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly name: string | null;
}

/**
 * Picks the operation of a validated document.
 *
 * @param key unique for document text and operation name.
 * @throws {Refusal} BAD_REQUEST (400): no such operation, or a name is needed.
 */
export function graphOperation(generation: Generation, document: DocumentNode, operationName: string | null, key: string): GraphOperation {
  const definition = getOperationAST(document, operationName);
  if (definition == null) {
    const message = operationName === null ? 'Say by operationName which operation to run.' : 'The document has no operation of that name.';
    throw new Refusal({ code: 'BAD_REQUEST', status: 400, message, reason: 'operation_name' });
  }
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments[one.name.value] = one;
  }
  return {
    generation,
    view: 'api',
    document,
    definition,
    fragments,
    name: definition.name?.value ?? null,
    // A plan of one generation means nothing in another.
    key: `${generation.hash} ${key}`,
    characters: sourceLength(document),
  };
}

/** The schema of an operation's view, for the planner. */
export const schemaOf = ({ generation, view }: GraphOperation): Schema => (view === 'api' ? generation.api : generation.supergraph);

/**
 * Asks Apollo's planner; 4 to 30 ms on the event loop for a large operation. The plan of a subscription is that of one event.
 *
 * @throws {Refusal} LIMIT_EXCEEDED (400): the planner's own guards against explosive operations.
 */
export function planOperation(planned: GraphOperation): QueryPlan {
  const { generation, document, name } = planned;
  try {
    const operation = operationFromDocument(schemaOf(planned), document, name === null ? {} : { operationName: name });
    return toEventPlan(generation.planner.buildQueryPlan(operation));
  } catch (cause) {
    if (isPlannersGuard(cause)) {
      throw new Refusal({ code: 'LIMIT_EXCEEDED', status: 400, message: 'The operation selects too much.', reason: 'limit_planner' });
    }
    throw cause;
  }
}

// The planner throws bare errors for its guards; their text is all there is (@apollo/query-planner 2.14.4, exact pin).
const isPlannersGuard = (error: unknown): boolean =>
  error instanceof Error &&
  (/^Exceeded maximum recursive selections/.test(error.message) || /^Number of non-local selections/.test(error.message)) &&
  !(error instanceof GraphQLError);
