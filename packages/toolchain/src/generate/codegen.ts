import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import type { DocumentNode } from 'graphql';

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

/** The text of a `resolvers.ts`; `mappers` as in `generateResolverTypes`. */
export async function resolverTypesOf(filename: string, schema: DocumentNode, mappers: Readonly<Record<string, string>>): Promise<string> {
  return codegen({
    filename,
    schema,
    documents: [],
    config: {},
    pluginMap: { typescript, 'typescript-resolvers': typescriptResolvers },
    plugins: [{ typescript: TYPES_CONFIG }, { 'typescript-resolvers': { ...RESOLVERS_CONFIG, mappers } }],
  });
}
