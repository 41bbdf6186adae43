import type { Schema } from '@apollo/federation-internals';
import {
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { abstractFieldOf, fieldAt } from './event-type.ts';

/** Which records a stream is about, by their key: who asks, or the value of an argument. */
export type KeySource = { readonly from: 'subject' } | { readonly from: 'argument'; readonly name: string; readonly list: boolean };

/** What a slow client gets. `LATEST`: the newest event of each key. `END`: the end of its stream. */
export type Overflow = 'LATEST' | 'END';

/** A Subscription field and where its events come from: what `@topic` says, checked against the schema. */
export interface TopicBinding {
  readonly field: string;
  readonly topic: string;
  readonly key: KeySource;
  /** Types of records; `null`: all. */
  readonly types: ReadonlySet<string> | null;
  /** Path in a record's data that must equal the subject; `null`: events belong to nobody. */
  readonly owner: readonly string[] | null;
  /** Hidden Query field that answers what was missed; `null`: a stream begins with its first event. */
  readonly replay: string | null;
  /** Whether it takes `afterSequence`: every event counts, and one that is missing is fetched by replay. */
  readonly resumable: boolean;
  /** Path in the event type where the key stands, for keys that are a list. */
  readonly keyAt: readonly string[] | null;
  readonly overflow: Overflow;
  readonly shared: boolean;
}

/** By Subscription field. */
export type TopicBindings = ReadonlyMap<string, TopicBinding>;

/** The argument by which a client says the last sequence it has seen. */
export const afterArgument = 'afterSequence';

/** The field of an event type that holds its number. */
export const sequenceField = 'sequence';

interface Given {
  readonly name?: unknown;
  readonly key?: unknown;
  readonly types?: unknown;
  readonly owner?: unknown;
  readonly replay?: unknown;
  readonly keyAt?: unknown;
  readonly overflow?: unknown;
  readonly shared?: unknown;
}

/**
 * Reads `@topic` off a supergraph. Its name comes from the link of the feature `event-log`, whatever host that is named after; a graph that links
 * none has no bindings.
 *
 * @throws {Error} a binding contradicts the schema: one line that names the field.
 */
export function readTopicBindings(supergraph: Schema, schema: GraphQLSchema): TopicBindings {
  const bindings = new Map<string, TopicBinding>();
  const feature = [...(supergraph.coreFeatures?.allFeatures() ?? [])].find(({ url }) => url.name === 'event-log');
  const root = supergraph.schemaDefinition.rootType('subscription');
  if (feature === undefined || root?.kind !== 'ObjectType') return bindings;
  const directive = feature.directiveNameInSchema('topic');
  for (const { name, appliedDirectives } of root.fields()) {
    const applied = appliedDirectives.find((one) => one.name === directive);
    const field = schema.getSubscriptionType()?.getFields()[name];
    if (applied !== undefined && field !== undefined) bindings.set(name, toBinding(field, applied.arguments(), schema));
  }
  return bindings;
}

function toBinding(field: GraphQLField<unknown, unknown>, given: Given, schema: GraphQLSchema): TopicBinding {
  const wrong = (what: string): Error => new Error(`@topic on Subscription.${field.name}: ${what}`);
  const text = (name: 'name' | 'key' | 'owner' | 'replay' | 'keyAt'): string | null => {
    const value = given[name] ?? null;
    if (value !== null && (typeof value !== 'string' || value === '')) throw wrong(`${name} is not a text`);
    return value;
  };
  const topic = text('name');
  if (topic === null) throw wrong('name is missing');
  const key = keySourceOf(text('key') ?? '', field, wrong);
  const event = eventTypeOf(field, wrong);
  const keyAt = pathOf(text('keyAt'));
  const list = key.from === 'argument' && key.list;
  if (list && keyAt === null) throw wrong('a key that is a list needs keyAt, the path in the event type where the key stands');
  if (keyAt !== null && !isLeafType(fieldAt(event, keyAt))) throw wrong(`keyAt: ${event.name} has no ${keyAt.join('.')}`);
  const resumable = takes(field, afterArgument);
  if (list && resumable) throw wrong(`${afterArgument} needs one key: sequences of several keys are not one number`);
  const replay = text('replay');
  if (replay !== null) checkReplay(replay, field, event, schema, wrong);
  if (resumable && replay === null) throw wrong(`${afterArgument} needs replay, the field that answers what was missed`);
  return {
    field: field.name,
    topic,
    key,
    types: typesOf(given.types, wrong),
    owner: pathOf(text('owner')),
    replay,
    resumable,
    keyAt,
    overflow: overflowOf(given.overflow, wrong),
    shared: given.shared === true,
  };
}

type Wrong = (what: string) => Error;

const pathOf = (text: string | null): readonly string[] | null => text?.split('.') ?? null;

const takes = ({ args }: GraphQLField<unknown, unknown>, name: string): boolean => args.some((argument) => argument.name === name);

function keySourceOf(template: string, { args }: GraphQLField<unknown, unknown>, wrong: Wrong): KeySource {
  if (template === '{subject}') return { from: 'subject' };
  const name = /^\{args\.(\w+)\}$/.exec(template)?.[1];
  if (name === undefined) throw wrong(`key ${JSON.stringify(template)} is neither {subject} nor {args.…}`);
  const type = args.find((argument) => argument.name === name)?.type;
  if (type === undefined) throw wrong(`key names the argument ${name}, which the field does not have`);
  if (!isLeafType(getNamedType(type))) throw wrong(`key: the argument ${name} is no scalar, and no list of them`);
  return { from: 'argument', name, list: isListType(getNullableType(type)) };
}

function eventTypeOf({ type }: GraphQLField<unknown, unknown>, wrong: Wrong): GraphQLObjectType {
  const event = getNullableType(type);
  if (!isObjectType(event)) throw wrong(`an event is one object of one type, not ${String(type)}`);
  const abstract = abstractFieldOf(event);
  if (abstract !== null) throw wrong(`${abstract} is abstract, and a record does not say which type it is`);
  return event;
}

function checkReplay(
  replay: string,
  { args }: GraphQLField<unknown, unknown>,
  event: GraphQLObjectType,
  schema: GraphQLSchema,
  wrong: Wrong,
): void {
  const answering = schema.getQueryType()?.getFields()[replay];
  if (answering === undefined) throw wrong(`replay names Query.${replay}, which the supergraph does not have`);
  if (!isListType(getNullableType(answering.type)) || getNamedType(answering.type) !== event) {
    throw wrong(`replay: Query.${replay} is ${String(answering.type)}, not a list of ${event.name}`);
  }
  const known = new Map(answering.args.map(({ name, type }) => [name, String(type)]));
  const other = args.find(({ name, type }) => known.get(name) !== String(type));
  if (other !== undefined) throw wrong(`replay: Query.${replay} has no argument ${other.name}: ${String(other.type)}`);
  if (!isLeafType(fieldAt(event, [sequenceField]))) throw wrong(`replay needs ${event.name}.${sequenceField}`);
}

function typesOf(given: unknown, wrong: Wrong): ReadonlySet<string> | null {
  if (given === undefined || given === null) return null;
  if (!Array.isArray(given) || given.length === 0 || !given.every((one) => typeof one === 'string'))
    throw wrong('types is not a list of texts');
  return new Set(given);
}

function overflowOf(given: unknown, wrong: Wrong): Overflow {
  if (given === undefined || given === null) return 'END';
  if (given !== 'LATEST' && given !== 'END') throw wrong(`overflow ${JSON.stringify(given)} is neither LATEST nor END`);
  return given;
}
