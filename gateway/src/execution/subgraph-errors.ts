import { Kind, parse, type SelectionSetNode } from 'graphql';
import { isWireCode, type WireCode } from '@tally/runtime';
import type { SubgraphAnswerError, SubgraphError } from './fetch-from-subgraph.ts';

/** An error entry in the form the executor places into the client's answer. */
export interface PlacedError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

// What concerns the whole request between client and gateway means nothing when a subgraph says it to the gateway.
const notASubgraphsToSay: ReadonlySet<WireCode> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'OPERATION_NOT_ALLOWED',
  'LIMIT_EXCEEDED',
  'INTERNAL',
]);

/** Fields of `extensions` that a subgraph may add to a code. */
const passed = ['argument', 'field', 'retryAfterMs'] as const;

/**
 * Keeps what a client can use of a subgraph's error; everything else is INTERNAL, for the formatter to mask. An error of the whole `_entities` field
 * (a reference resolver that threw before it gave a promise) is one of each entity that was asked for.
 */
export function fromSubgraph(error: SubgraphAnswerError, representations: unknown): readonly PlacedError[] {
  const { path } = error;
  const placed = toPlaced(error);
  if (path?.length !== 1 || path[0] !== '_entities' || !Array.isArray(representations)) return [placed];
  return representations.map((_, index) => ({ ...placed, path: ['_entities', index] }));
}

function toPlaced({ message, path, extensions = {} }: SubgraphAnswerError): PlacedError {
  const code = codeOf(message, extensions['code']);
  const kept: Record<string, unknown> = { code };
  for (const name of passed) {
    if (extensions[name] !== undefined) kept[name] = extensions[name];
  }
  return { message, extensions: kept, ...(path === undefined ? {} : { path }) };
}

function codeOf(message: string, code: unknown): WireCode {
  // A literal of a custom scalar is judged by the subgraph alone, in its validation.
  if (code === 'GRAPHQL_VALIDATION_FAILED' && /^Expected value of type "/.test(message)) return 'BAD_USER_INPUT';
  return isWireCode(code) && !notASubgraphsToSay.has(code) ? code : 'INTERNAL';
}

const messages = {
  SUBGRAPH_UNAVAILABLE: 'This part of the answer is not available at the moment.',
  TIMEOUT: 'This part of the answer took too long.',
  INTERNAL: 'Something went wrong.',
} as const;

/** A fetch without an answer: one error per place it would have filled. */
export function placesOf(error: SubgraphError, query: string, representations: unknown): readonly PlacedError[] {
  const place = (path: readonly (string | number)[]): PlacedError => ({
    message: messages[error.code],
    path,
    extensions: { code: error.code },
  });
  if (Array.isArray(representations)) return representations.map((_, index) => place(['_entities', index]));
  return rootNames(query).map((name) => place([name]));
}

function rootNames(query: string): readonly string[] {
  const [operation] = parse(query, { noLocation: true }).definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION ? [...new Set(namesIn(operation.selectionSet))] : [];
}

function namesIn({ selections }: SelectionSetNode): readonly string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.alias?.value ?? selection.name.value];
    return selection.kind === Kind.INLINE_FRAGMENT ? namesIn(selection.selectionSet) : [];
  });
}
