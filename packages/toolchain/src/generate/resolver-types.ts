import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRoot } from '../repository.ts';
import { onceFor, textOf } from './stamp.ts';

/**
 * Generates `src/generated/resolvers.ts` of a subgraph from its `schema.graphql`.
 *
 * `codegen.mappers.json` beside the schema says which TypeScript type stands behind a GraphQL type, as
 * `"Order": "../domain/order.ts#Order as OrderModel"`, seen from the generated file. The alias is needed where both have one name.
 *
 * @returns whether there was anything to do.
 * @throws {GraphQLError} the schema has a syntax error.
 */
export async function generateResolverTypes(name: string): Promise<boolean> {
  const path = `subgraphs/${name}/schema.graphql`;
  if (!existsSync(inRoot(path))) return false;
  const sdl = textOf(inRoot(path));
  const mappers = textOf(inRoot('subgraphs', name, 'codegen.mappers.json')) || '{}';
  const filename = inRoot('subgraphs', name, 'src', 'generated', 'resolvers.ts');

  return onceFor([sdl, mappers, textOf(join(import.meta.dirname, 'codegen.ts'))], filename, async () => {
    // Loaded only when needed: most starts generate nothing.
    const [{ parse, Source }, { resolverTypesOf }] = await Promise.all([import('graphql'), import('./codegen.ts')]);
    const document = parse(new Source(sdl, path));
    await writeFile(filename, await resolverTypesOf(filename, document, JSON.parse(mappers) as Record<string, string>));
  });
}
