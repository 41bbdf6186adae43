import { executeQueryPlan } from '@apollo/gateway';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Logger } from '@tally/runtime';
import { OperationTypeNode } from 'graphql';
import type { PlanCache } from '../planning/plan-cache.ts';
import { schemaOf, type GraphOperation } from '../planning/operation.ts';
import type { Generation } from '../supergraph/generation.ts';
import type { Execute, Execution } from './execute.ts';
import { SubgraphError, type FetchFromSubgraph } from './fetch-from-subgraph.ts';
import { virtualFetchOf, type VirtualFetch } from './project-event.ts';
import { fromSubgraph, placesOf } from './subgraph-errors.ts';

type Arguments = Parameters<typeof executeQueryPlan>;
type ServiceMap = Arguments[1];
type RequestContext = Arguments[2];
type OperationContext = Arguments[3];
type DataSource = ServiceMap[string];
type Process = Parameters<DataSource['process']>[0];
type Processed = Awaited<ReturnType<DataSource['process']>>;

/**
 * Executes plans with the function that @apollo/gateway exports; class `ApolloGateway` is never constructed. Its own spans are suppressed: ours are
 * request, plan and fetch.
 */
export function createStockExecutor(options: {
  readonly plans: PlanCache<GraphOperation>;
  readonly fetchFromSubgraph: FetchFromSubgraph;
  readonly logger: Logger;
}): Execute {
  const { plans, fetchFromSubgraph, logger } = options;
  const perGeneration = new WeakMap<Generation, ServiceMap>();
  const perOperation = new WeakMap<GraphOperation, OperationContext>();

  return async (execution) => {
    const { operation, facts } = execution;
    const { generation } = operation;
    const plan = await plans.plan(operation);
    const services = remembered(perGeneration, generation, () => dataSources(generation, fetchFromSubgraph));
    const operationContext = remembered(perOperation, operation, () => ({
      schema: operation.view === 'api' ? generation.apiSchema : generation.supergraphSchema,
      operation: operation.definition,
      fragments: { ...operation.fragments },
    }));
    const result = await context.with(suppressTracing(facts.trace), () =>
      executeQueryPlan(
        plan,
        services,
        requestContextOf(execution, logger),
        operationContext,
        generation.supergraphSchema,
        schemaOf(operation),
      ),
    );
    // An answer that does not fit the schema makes it give up without data; the operation has run all the same.
    return result.data === undefined ? { ...result, data: null } : result;
  };
}

function remembered<K extends object, V>(map: WeakMap<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function dataSources(generation: Generation, fetchFromSubgraph: FetchFromSubgraph): ServiceMap {
  const map: ServiceMap = Object.create(null) as ServiceMap;
  const virtual = virtualFetchOf(generation);
  for (const subgraph of generation.subgraphs) {
    const { name } = subgraph;
    map[name] = {
      process: (options) => (subgraph.virtual ? processVirtually(options, virtual) : process(name, options, fetchFromSubgraph)),
    };
  }
  return map;
}

const executionOf = ({ context: given }: Process): Execution => (given as { readonly execution: Execution }).execution;

async function processVirtually(options: Process, virtual: VirtualFetch): Promise<Processed> {
  const { query = '', variables = {} } = options.request;
  const { data, errors } = virtual(query, variables, executionOf(options).event);
  return errors.length === 0 ? { data } : { data, errors: errors.flatMap((error) => fromSubgraph(error, null)) };
}

async function process(subgraph: string, options: Process, fetchFromSubgraph: FetchFromSubgraph): Promise<Processed> {
  const { request } = options;
  const { caller, facts, operation } = executionOf(options);
  const query = request.query ?? '';
  const variables: Readonly<Record<string, unknown>> = request.variables ?? {};
  try {
    const mutation = operation.definition.operation === OperationTypeNode.MUTATION && variables['representations'] === undefined;
    const { data, errors } = await fetchFromSubgraph({
      subgraph,
      query,
      operationName: request.operationName,
      variables,
      mutation,
      caller,
      facts,
    });
    return errors.length === 0 ? { data } : { data, errors: errors.flatMap((error) => fromSubgraph(error, variables['representations'])) };
  } catch (error) {
    if (!(error instanceof SubgraphError)) throw error;
    return { data: null, errors: placesOf(error, query, variables['representations']) };
  }
}

/** What `executeQueryPlan` reads is `request.variables`, `context` and `metrics`; the rest completes the type. */
function requestContextOf(execution: Execution, logger: Logger): RequestContext {
  const { operation, variables } = execution;
  return {
    request: { variables },
    context: { execution },
    metrics: {},
    logger,
    schema: operation.generation.apiSchema,
    schemaHash: '' as RequestContext['schemaHash'],
    cache: noCache,
    queryHash: operation.key,
    document: operation.document,
    source: '',
    operationName: operation.name,
    operation: operation.definition,
    overallCachePolicy: undefined,
  };
}

const noCache: RequestContext['cache'] = {
  get: () => Promise.resolve(undefined),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(false),
};
