import { basename } from 'node:path';
import {
  getLocation,
  GraphQLError,
  Kind,
  parse,
  Source,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import { placeOf } from '../compose/problem.ts';
import { embeddedDocuments } from './embedded-documents.ts';

/** Documents that belong together: their fragments know each other. `client`: whose they are; `null`: ours, each operation a client of its own. */
export interface OperationSource {
  readonly client: string | null;
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

/** One operation with every fragment it may spread. `where` is `file:line:column`. */
export interface ClientOperation {
  readonly name: string;
  readonly client: string | null;
  readonly where: string;
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** An operation that cannot be read, or that the new schema refuses. */
export interface InvalidOperation {
  readonly operation: string;
  readonly client: string | null;
  readonly where: string;
  readonly message: string;
}

/** Every operation of a source, and the files that are no GraphQL. */
export function readOperations({ client, files }: OperationSource): {
  readonly operations: readonly ClientOperation[];
  readonly unreadable: readonly InvalidOperation[];
} {
  const documents: DocumentNode[] = [];
  const unreadable: InvalidOperation[] = [];
  for (const { file, text } of files) {
    const graphql = /\.[jt]sx?$/.test(file) ? embeddedDocuments(text) : text;
    if (graphql.trim() === '') continue;
    try {
      documents.push(parse(new Source(graphql, file)));
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { line, column } = getLocation(new Source(graphql, file), error.positions?.[0] ?? 0);
      const where = `${file}:${String(line)}:${String(column)}`;
      unreadable.push({ operation: basename(file).replace(/\.\w+$/, ''), client, where, message: error.message });
    }
  }
  const definitions = documents.flatMap((document) => document.definitions);
  const fragments = new Map(
    definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION).map((fragment) => [fragment.name.value, fragment]),
  );
  const operations = definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((definition) => ({
      name: definition.name?.value ?? basename(definition.loc?.source.name ?? '').replace(/\.\w+$/, ''),
      client,
      where: placeOf(definition) ?? '',
      definition,
      fragments,
    }));
  return { operations, unreadable };
}

/** The operation and the fragments that it spreads, and no others. */
export function documentOf({ definition, fragments }: ClientOperation): DocumentNode {
  const needed = new Map<string, FragmentDefinitionNode>();
  const open: (OperationDefinitionNode | FragmentDefinitionNode)[] = [definition];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of spreadsIn(next)) {
      const fragment = fragments.get(name);
      if (fragment === undefined || needed.has(name)) continue;
      needed.set(name, fragment);
      open.push(fragment);
    }
  }
  return { kind: Kind.DOCUMENT, definitions: [definition, ...needed.values()] };
}

function spreadsIn({ selectionSet }: { readonly selectionSet?: OperationDefinitionNode['selectionSet'] | undefined }): readonly string[] {
  return (selectionSet?.selections ?? []).flatMap((selection) =>
    selection.kind === Kind.FRAGMENT_SPREAD ? [selection.name.value] : spreadsIn(selection),
  );
}
