import { readFileSync } from 'node:fs';
import { isObjectType, Kind, parse } from 'graphql';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { expect, test } from 'vitest';
import { resolvers } from '../src/graphql/resolvers.ts';

const typeDefs = parse(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
const maps: Readonly<Record<string, object>> = resolvers;

test('every resolver stands for a field that the schema has', () => {
  for (const [name, map] of Object.entries(maps)) {
    const type = schema.getType(name);
    expect(type, name).toBeDefined();
    if (!isObjectType(type)) continue;
    for (const field of Object.keys(map).filter((key) => !key.startsWith('__')))
      expect(Object.keys(type.getFields()), `${name}.${field}`).toContain(field);
  }
});

test('every entity that can be asked for is looked up, none is echoed', () => {
  const entities = typeDefs.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const keys = (definition.directives ?? []).filter(({ name }) => name.value === 'key');
    const resolvable = keys.some(
      ({ arguments: values }) =>
        !(values ?? []).some(({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value),
    );
    return resolvable ? [definition.name.value] : [];
  });

  expect(entities.sort()).toEqual(['Cart', 'Order', 'User']);
  for (const name of entities) expect(maps[name]).toHaveProperty('__resolveReference');
});

test('every query and mutation has a resolver', () => {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    const fields = Object.keys(type?.getFields() ?? {}).filter((name) => !name.startsWith('_'));
    expect(Object.keys(maps[type?.name ?? ''] ?? {}).sort()).toEqual(fields.sort());
  }
});
