import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { parse, Source } from 'graphql';
import { inRoot } from '../repository.ts';
import { onceFor, textOf } from './stamp.ts';

// What a resolver receives and what it may return, after and before the scalars of `@tally/subgraph-kit`.
const SCALARS = {
  ID: { input: 'string', output: 'string' },
  DateTime: { input: 'Date', output: 'Date' },
  MinorUnits: { input: 'number', output: 'number' },
  CurrencyCode: { input: 'string', output: 'string' },
};

// An absent property and `undefined` mean null to GraphQL; `exactOptionalPropertyTypes` would tell them apart.
const TYPES_CONFIG = {
  enumsAsTypes: true,
  useTypeImports: true,
  strictScalars: true,
  maybeValue: 'T | null | undefined',
  scalars: SCALARS,
};
const RESOLVERS_CONFIG = { ...TYPES_CONFIG, federation: true, contextType: '../graphql/context.ts#Context' };

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

  return onceFor([sdl, mappers, textOf(import.meta.filename)], filename, async () => {
    const text = await codegen({
      filename,
      schema: parse(new Source(sdl, path)),
      documents: [],
      config: {},
      pluginMap: { typescript, 'typescript-resolvers': typescriptResolvers },
      plugins: [
        { typescript: TYPES_CONFIG },
        { 'typescript-resolvers': { ...RESOLVERS_CONFIG, mappers: JSON.parse(mappers) as Record<string, string> } },
      ],
    });
    await writeFile(filename, text);
  });
}
