import { readFileSync } from 'node:fs';
import { Kind, parse, visit } from 'graphql';
import { expect, test } from 'vitest';
import { schemaFaults } from '@tally/testkit';
import { resolvers } from '../src/graphql/resolvers.ts';

const sdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

test('no resolver map names a field the schema lacks, and every resolvable key has a reference resolver', () => {
  expect(schemaFaults(sdl, resolvers)).toEqual([]);
});

test('A20 no input has a field for what only we decide', () => {
  const fields: string[] = [];
  visit(parse(sdl), {
    InputObjectTypeDefinition: ({ name, fields: inputs = [] }) => {
      fields.push(...inputs.map((field) => `${name.value}.${field.name.value}`));
    },
  });

  expect(fields.length).toBeGreaterThan(10);
  expect(fields.filter((field) => /role|scope|version|created|updated|hash|user|locale|permission|admin/i.test(field))).toEqual([]);
});

test('every type, field and argument of ours that needs words has them', () => {
  const bare: string[] = [];
  // Stubs are described by their owner, ErrorCode by docs/errors.md; `id` and what a payload or an error always has speak for themselves.
  const clear = new Set(['id', 'user', 'userErrors', 'code', 'message', 'field', 'input']);
  for (const node of parse(sdl).definitions) {
    if (
      node.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      node.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION &&
      node.kind !== Kind.ENUM_TYPE_DEFINITION
    )
      continue;
    if ('directives' in node && node.directives?.some(({ arguments: given = [] }) => given.some(({ name }) => name.value === 'resolvable')))
      continue;
    const { name } = node;
    if (node.description === undefined && !['Query', 'Mutation', 'ErrorCode'].includes(name.value)) bare.push(name.value);
    if (node.kind === Kind.ENUM_TYPE_DEFINITION) continue;
    bare.push(
      ...(node.fields ?? [])
        .filter((field) => field.description === undefined && !clear.has(field.name.value))
        .map((field) => `${name.value}.${field.name.value}`),
    );
  }

  expect(bare).toEqual([]);
});
