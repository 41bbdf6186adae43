import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CouldNotCheckError } from './could-not-check.ts';
import type { OperationSource } from './operations.ts';

/** The folders in which a repository promises operations: its own, and the pages that it shows as examples. */
export const PROMISES = ['operations', 'examples'] as const;

const DOCUMENT = /(?<!\.test)\.(?:graphql|gql|[jt]sx?)$/;
const OWN = /^operations\//;
const OF_AN_EXAMPLE = /^examples\/([^/]+)\/src\//;

/** What the repository in a folder promises. */
export function promisedSources(folder: string): readonly OperationSource[] {
  const files = PROMISES.flatMap((place) => filesIn(folder, place));
  return toSources(files, (file) => readFileSync(join(folder, file), 'utf8'));
}

/** Groups files by the client whose documents they hold; what holds none, or is not there (`null`), is left out. Paths are relative to the repository. */
export function toSources(files: readonly string[], read: (file: string) => string | null): readonly OperationSource[] {
  const documents = files.filter((file) => DOCUMENT.test(file) && (OWN.test(file) || OF_AN_EXAMPLE.test(file))).sort();
  const groups = Map.groupBy(documents, (file) => {
    const [, example] = OF_AN_EXAMPLE.exec(file) ?? [];
    return example === undefined ? null : `${example.charAt(0).toUpperCase()}${example.slice(1)}`;
  });
  return [...groups].map(([client, names]) => ({
    client,
    files: names.flatMap((file) => {
      const text = read(file);
      return text === null ? [] : [{ file, text }];
    }),
  }));
}

/**
 * Operations from elsewhere: a folder, a document, or a manifest of persisted operations.
 *
 * @param path absolute, or relative to `folder`.
 * @throws {CouldNotCheckError} there is nothing, or nothing that holds operations.
 */
export function givenSource(folder: string, path: string): OperationSource {
  const absolute = resolve(folder, path);
  if (!existsSync(absolute)) throw new CouldNotCheckError(`--operations ${path}: there is no such file or folder`);
  const name = relative(folder, absolute);
  if (!statSync(absolute).isDirectory()) {
    const text = readFileSync(absolute, 'utf8');
    return { client: null, files: path.endsWith('.json') ? fromManifest(text, name) : [{ file: name, text }] };
  }
  const documents = filesIn(folder, name).filter((file) => DOCUMENT.test(file));
  if (documents.length === 0) throw new CouldNotCheckError(`--operations ${path}: no documents in that folder`);
  return { client: null, files: documents.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') })) };
}

function filesIn(folder: string, place: string): readonly string[] {
  if (!existsSync(join(folder, place))) return [];
  return readdirSync(join(folder, place), { recursive: true, encoding: 'utf8' })
    .filter((name) => !/(?:^|\/)(?:node_modules|dist)\//.test(name))
    .map((name) => join(place, name))
    .sort();
}

// Apollo's manifest lists operations with a body; the older kind is a map from hash to text.
function fromManifest(text: string, name: string): OperationSource['files'] {
  const bodies = bodiesIn(parsed(text, name));
  if (bodies.length === 0)
    throw new CouldNotCheckError(`--operations ${name}: no manifest: neither "operations" with a "body" each nor a map of texts`);
  return bodies.map((body) => ({ file: name, text: body }));
}

function bodiesIn(manifest: unknown): readonly string[] {
  if (typeof manifest !== 'object' || manifest === null) return [];
  const { operations } = manifest as { readonly operations?: unknown };
  const listed = Array.isArray(operations)
    ? operations.map((entry: unknown) => (entry as { readonly body?: unknown } | null)?.body)
    : Object.values(manifest);
  return listed.every((body) => typeof body === 'string') ? listed : [];
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CouldNotCheckError(`--operations ${name}: no JSON`, { cause });
  }
}
