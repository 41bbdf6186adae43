import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices, type CompositionSuccess } from '@apollo/composition';
import { GraphQLError, parse, Source } from 'graphql';
import { root } from '../repository.ts';
import { eventTypeProblems } from './event-types.ts';
import { placeOf, type Problem } from './problem.ts';
import { schemaProblems } from './schema-rules.ts';
import { parseSupergraphConfig, type SubgraphEntry } from './supergraph-config.ts';

/** Either a supergraph without a blemish, or every reason why there is none. */
export type Composed = { readonly ok: true; readonly supergraph: string } | { readonly ok: false; readonly problems: readonly Problem[] };

const HEADER = '# Written by `npm run schema:compose` from supergraph.yaml. Changes belong into subgraphs/*/schema.graphql.\n\n';

type Hint = CompositionSuccess['hints'][number];

// Meant, and explained where they arise: each subgraph knows its own error codes, and the scope enum is only an argument of @cacheControl.
const MEANT_HINTS = new Set([
  'INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM ErrorCode',
  'UNUSED_ENUM_TYPE CacheControlScope',
  // Each subgraph owns its fields of it and answers the root field that leads there.
  'INCONSISTENT_OBJECT_VALUE_TYPE_FIELD Trouble',
]);

// A field moves in two steps, and between them both subgraphs have it.
const MEANT_CODES = new Set(['OVERRIDDEN_FIELD_CAN_BE_REMOVED']);

/** A subgraph to be composed: its entry and the text of its schema. */
export type SubgraphText = SubgraphEntry & { readonly sdl: string };

/**
 * What `supergraph.yaml` lists.
 *
 * @throws {Error} one line: the list cannot be read, or names a file that is not there.
 */
export function readSubgraphs(folder: string): readonly SubgraphText[] {
  return parseSupergraphConfig(textOf(folder, 'supergraph.yaml')).map((entry) => ({ ...entry, sdl: textOf(folder, entry.file) }));
}

/**
 * Composes what `supergraph.yaml` lists.
 *
 * @throws {Error} as `readSubgraphs`.
 */
export function composeSupergraph(folder: string = root): Composed {
  return composeSubgraphs(readSubgraphs(folder));
}

/** Composes subgraphs, and holds the result against the rules of the graph. */
export function composeSubgraphs(subgraphs: readonly SubgraphText[]): Composed {
  try {
    const services = subgraphs.map(({ name, routingUrl, file, sdl }) => ({
      name,
      url: routingUrl,
      typeDefs: parse(new Source(sdl, file)),
    }));
    const { errors = [], hints = [], supergraphSdl } = composeServices(services);
    const isVirtual = ({ url }: { readonly url: string }): boolean => url.startsWith('virtual:');
    const eventTypes = eventTypeProblems(
      services.filter(isVirtual),
      services.filter((service) => !isVirtual(service)),
    );
    const problems = [
      ...errors.map(toProblem),
      ...schemaProblems(services),
      ...eventTypes,
      ...hints.filter((hint) => !isMeant(hint)).map(toHintProblem),
    ];
    if (supergraphSdl === undefined || problems.length > 0) return { ok: false, problems };
    return { ok: true, supergraph: `${HEADER}${supergraphSdl.trimEnd()}\n` };
  } catch (error) {
    if (error instanceof GraphQLError) return { ok: false, problems: [toProblem(error)] }; // a syntax error
    throw error;
  }
}

function toProblem(error: GraphQLError): Problem {
  const code = error.extensions['code'];
  const what = typeof code === 'string' ? `${code} ${error.message}` : error.message;
  const [location] = error.locations ?? [];
  const ofSyntax =
    error.source !== undefined && location !== undefined
      ? `${error.source.name}:${String(location.line)}:${String(location.column)}`
      : null;
  return { where: placeOf(error.nodes?.[0]) ?? ofSyntax, what };
}

function isMeant({ definition, coordinate = '' }: Hint): boolean {
  const [type = ''] = coordinate.split('.');
  return MEANT_CODES.has(definition.code) || MEANT_HINTS.has(`${definition.code} ${type}`);
}

function toHintProblem({ definition, message, nodes }: Hint): Problem {
  return { where: placeOf(nodes?.[0]), what: `${definition.code} ${message}` };
}

function textOf(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read`, { cause });
  }
}
