import { createHash } from 'node:crypto';
import { GraphQLError, parse, specifiedRules, validate, type DocumentNode } from 'graphql';
import type { LRUCache } from 'lru-cache';
import type { Generation } from '../supergraph/generation.ts';
import { boundedBy, operationBound } from './bounded.ts';

/** A document that is valid under one generation, or what is wrong with it. */
export type ReadDocument =
  | { readonly ok: true; readonly document: DocumentNode; readonly queryHash: string }
  /** `reason` is the label of `gateway_rejected_total`. */
  | { readonly ok: false; readonly errors: readonly GraphQLError[]; readonly reason: string };

/**
 * Parses and validates what a client sent on a protocol that Apollo Server does not serve: the same codes (`GRAPHQL_PARSE_FAILED`,
 * `GRAPHQL_VALIDATION_FAILED`, 400) and messages as there. Verdicts are kept by text. Admission came before: it refuses what the specified rules of
 * graphql 16.15 throw over.
 */
export type ReadDocuments = (generation: Generation, text: string) => ReadDocument;

export function createReadDocuments({ maxTokens }: { readonly maxTokens: number }): ReadDocuments {
  const perGeneration = new WeakMap<Generation, LRUCache<string, ReadDocument>>();
  return (generation, text) => {
    let verdicts = perGeneration.get(generation);
    if (verdicts === undefined) {
      verdicts = boundedBy<ReadDocument>(operationBound, (_, key) => key.length);
      perGeneration.set(generation, verdicts);
    }
    const known = verdicts.get(text);
    if (known !== undefined) return known;
    const verdict = read(generation, text, maxTokens);
    verdicts.set(text, verdict);
    return verdict;
  };
}

function read({ apiSchema }: Generation, text: string, maxTokens: number): ReadDocument {
  let document: DocumentNode;
  try {
    document = parse(text, { maxLexicalTokens: maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { ok: false, errors: [refused(error, 'GRAPHQL_PARSE_FAILED')], reason: 'graphql_parse_failed' };
  }
  const errors = validate(apiSchema, document, specifiedRules);
  if (errors.length > 0) {
    return { ok: false, errors: errors.map((error) => refused(error, 'GRAPHQL_VALIDATION_FAILED')), reason: 'graphql_validation_failed' };
  }
  return { ok: true, document, queryHash: createHash('sha256').update(text).digest('hex') };
}

/** Suggestions would tell the schema word by word. */
function refused(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message.replaceAll(/ ?Did you mean [^?]*\?/g, ''), {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    ...(error.source === undefined ? {} : { source: error.source }),
    ...(error.positions === undefined ? {} : { positions: error.positions }),
    extensions: { code, http: { status: 400 } },
  });
}
