import { buildSubgraphSchema } from '@apollo/subgraph';
import { gatewayIssuer, createVerifier, staticKeys, type Caller, type SigningKey } from '@tally/identity';
import { graphql, parse, type ExecutionResult, type GraphQLError } from 'graphql';

export interface DoubleCall {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly caller: Caller | null;
}

export interface DoubleRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

type Answering = (request: DoubleRequest) => Promise<{ status: number; body: unknown }>;

/** A subgraph of the tests: real schema, real execution, and a spy on what it was asked. */
export interface Double {
  readonly name: string;
  readonly calls: DoubleCall[];
  readonly execute: Answering;
  /** What it does instead of answering; `null` answers again. */
  behave(instead: Answering | null): void;
}

/** @param gatewayKey with it, only tokens signed by it for this very subgraph are answered. */
export function aDouble(options: {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers: object;
  readonly gatewayKey: SigningKey | null;
}): Double {
  const { name, sdl, gatewayKey } = options;
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: options.resolvers as never }]);
  const verifier =
    gatewayKey === null
      ? null
      : createVerifier({ kind: 'gateway', issuer: gatewayIssuer, audience: name, keys: staticKeys([gatewayKey.publicJwk]) });
  const calls: DoubleCall[] = [];
  let instead: Answering | null = null;
  return {
    name,
    calls,
    behave(other) {
      instead = other;
    },
    async execute(request) {
      const { query, variables = {}, operationName, headers } = request;
      let caller: Caller | null = null;
      if (verifier !== null) {
        try {
          caller = await verifier.verify(headers['authorization']?.replace(/^Bearer /, '') ?? '');
        } catch {
          return { status: 401, body: { errors: [{ message: 'no gateway token', extensions: { code: 'UNAUTHENTICATED' } }] } };
        }
      }
      calls.push({ query, variables, headers, caller });
      if (instead !== null) return await instead(request);
      const result = await graphql({
        schema,
        source: query,
        variableValues: variables,
        operationName: operationName ?? null,
        contextValue: { caller },
      });
      return { status: 200, body: { ...result, ...errorsOf(result) } };
    },
  };
}

const errorsOf = ({ errors }: ExecutionResult): { errors?: unknown } =>
  errors === undefined ? {} : { errors: errors.map((error: GraphQLError) => error.toJSON()) };
