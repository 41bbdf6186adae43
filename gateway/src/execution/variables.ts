import { getVariableValues, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

/** Variables with defaults applied and checked, or what is wrong with them. */
export type CoercedVariables =
  | { readonly ok: true; readonly values: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

const none: CoercedVariables = { ok: true, values: {} };

/** Checks variables before anything is fetched: a bad one is BAD_USER_INPUT (400). Custom scalars are the subgraph's to judge. */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): CoercedVariables {
  if (variableDefinitions.length === 0) return none;
  const { errors, coerced } = getVariableValues(schema, variableDefinitions, given, { maxErrors: 10 });
  if (errors === undefined) return { ok: true, values: coerced };
  return { ok: false, errors: errors.map(toBadInput) };
}

/** An argument that its type allows and its meaning does not: BAD_USER_INPUT (400). */
export const badUserInput = (message: string, argument: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argument, http: { status: 400 } } });

function toBadInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message.replaceAll(/ ?Did you mean [^?]*\?/g, ''), {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}
