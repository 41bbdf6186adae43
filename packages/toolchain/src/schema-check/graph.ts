import { Supergraph } from '@apollo/federation-internals';
import { buildSchema, parse, printSchema, Source, type DocumentNode, type GraphQLSchema } from 'graphql';
import { CouldNotCheckError } from './could-not-check.ts';
import { linkedNames } from './linked-names.ts';
import { readFederated, type Federated } from './federated.ts';

/** A graph as clients see it and, where it was read from a supergraph, what stands behind that. */
export interface Graph {
  readonly api: GraphQLSchema;
  /** `null`: read from an API schema, which says nothing of access, cost, owners and topics. */
  readonly federated: Federated | null;
}

/**
 * Reads a supergraph, or an API schema.
 *
 * @param name where the text is from, for the error.
 * @throws {CouldNotCheckError} it is neither.
 */
export function readGraph(sdl: string, name: string): Graph {
  try {
    const document = parse(new Source(sdl, name));
    if (!isSupergraph(document)) return { api: plain(buildSchema(sdl, { assumeValidSDL: true })), federated: null };
    // Which security features a gateway supports is its own business; here they are only compared.
    const supergraph = Supergraph.build(document, { supportedFeatures: null });
    return { api: plain(supergraph.apiSchema().toGraphQLJSSchema()), federated: readFederated(document) };
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new CouldNotCheckError(`${name} is neither a supergraph nor an API schema: ${reason}`, { cause });
  }
}

const isSupergraph = (document: DocumentNode): boolean => linkedNames(document)('join', 'type') !== null;

// Both sides take the same way through text, so that what one of them keeps beside the types never shows as a change.
const plain = (schema: GraphQLSchema): GraphQLSchema => buildSchema(printSchema(schema), { assumeValidSDL: true });
