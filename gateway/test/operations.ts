import { Supergraph } from '@apollo/federation-internals';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** An operation valid on the API schema of a supergraph. */
export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** Small deterministic generator (mulberry32): the same seed gives the same operations on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Generates operations with fragments, aliases, variables, defaults, conditions and mutations. */
export function* generateOperations(supergraphSdl: string, seed: number, count: number): Generator<GeneratedOperation> {
  const schema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
  const pick = random(seed);
  for (let n = 0; n < count; n += 1) yield generateOne(schema, pick);
}

const texts = ['b1', 'b2', 'b3', 'a1', 'a2', 'm1', 'nobody', 'Ways "of"'];

function generateOne(schema: GraphQLSchema, pick: (below: number) => number): GeneratedOperation {
  const definitions: string[] = [];
  const variables: Record<string, unknown> = {};
  const fragments: string[] = [];
  let names = 0;

  const chance = (oneIn: number): boolean => pick(oneIn) === 0;
  const oneOf = <T>(items: readonly T[]): T => items[pick(items.length)] as T;

  function condition(): string {
    if (!chance(6)) return '';
    const directive = oneOf(['skip', 'include']);
    if (chance(3)) return ` @${directive}(if: ${String(chance(2))})`;
    const name = `v${String((names += 1))}`;
    const byDefault = chance(2);
    definitions.push(byDefault ? `$${name}: Boolean = ${String(chance(2))}` : `$${name}: Boolean!`);
    if (!byDefault || chance(2)) variables[name] = chance(2);
    return ` @${directive}(if: $${name})`;
  }

  function value({ type }: GraphQLArgument): { literal: string; json: unknown } {
    const { name } = getNamedType(type);
    if (name === 'Int') {
      const number = 1 + pick(4);
      return { literal: String(number), json: number };
    }
    if (name === 'LendInput') return { literal: '{ bookId: "b1", key: "k" }', json: { bookId: 'b2', key: 'k' } };
    const text = oneOf(texts);
    return { literal: JSON.stringify(text), json: text };
  }

  function argumentsOf(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.flatMap((argument) => {
      const required = String(argument.type).endsWith('!');
      if (!required && chance(2)) return [];
      const { literal, json } = value(argument);
      if (chance(2)) return [`${argument.name}: ${literal}`];
      const name = `v${String((names += 1))}`;
      definitions.push(`$${name}: ${String(argument.type)}`);
      variables[name] = json;
      return [`${argument.name}: $${name}`];
    });
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  // Aliases carry the field's name and arguments' number, so that two selections of one name never conflict.
  function fieldOf(field: GraphQLField<unknown, unknown>, depth: number): string | null {
    const type = getNamedType(field.type);
    const below = isCompositeType(type) ? selections(type, depth - 1) : '';
    if (below === null) return null;
    const alias = field.args.length > 0 || chance(4) ? `${field.name}_${String((names += 1))}: ` : '';
    return `${alias}${field.name}${argumentsOf(field)}${condition()}${below === '' ? '' : ` ${below}`}`;
  }

  function selections(type: GraphQLCompositeType, depth: number): string | null {
    if (depth <= 0) return null;
    const parts: string[] = [];
    if (chance(3) || !('getFields' in type)) parts.push('__typename');
    if ('getFields' in type) {
      const fields = Object.values(type.getFields());
      for (let n = 0; n < 1 + pick(4); n += 1) parts.push(fieldOf(oneOf(fields), depth) ?? '__typename');
    }
    if (isAbstractType(type)) {
      for (const possible of schema.getPossibleTypes(type)) if (chance(2)) parts.push(fragmentOn(possible, depth));
    } else if (chance(6) && isObjectType(type)) parts.push(fragmentOn(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  function fragmentOn(type: GraphQLObjectType, depth: number): string {
    const body = selections(type, depth) ?? '{ __typename }';
    if (chance(2)) return `... on ${type.name}${condition()} ${body}`;
    const name = `F${String((names += 1))}`;
    fragments.push(`fragment ${name} on ${type.name} ${body}`);
    return `...${name}${condition()}`;
  }

  const kind = chance(8) ? 'mutation' : 'query';
  const root = kind === 'mutation' ? schema.getMutationType() : schema.getQueryType();
  const fields = Object.values(root?.getFields() ?? {});
  const roots = Array.from({ length: 1 + pick(3) }, () => fieldOf(oneOf(fields), 5) ?? '__typename');
  const head = definitions.length === 0 ? '' : ` (${definitions.join(', ')})`;
  return { query: `${kind}${head} { ${roots.join(' ')} } ${fragments.join(' ')}`, variables };
}
