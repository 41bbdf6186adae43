// Every message type has its published forms in compatibility/<topic>.json, oldest first. Old consumers read new messages and new consumers read old
// ones, which the log keeps; so a later form may only add fields that may be absent. Anything else is another version of the topic.
import { readdirSync, readFileSync } from 'node:fs';
import { newId, type IdPrefix } from '@tally/kernel';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { topics, type Topic } from './topics.ts';

/** The form of a value: a word for a leaf, `[form]` for a list, members for an object; `?` ends the name of a member that may be absent. */
type Form = string | readonly [Form] | { readonly [member: string]: Form };

/** The part of JSON Schema that zod writes for our catalogue. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly prefix?: string;
}

const prefixes: readonly IdPrefix[] = [
  'prod',
  'var',
  'cat',
  'sell',
  'cart',
  'ord',
  'line',
  'shp',
  'pay',
  'att',
  'ref',
  'pm',
  'ntf',
  'usr',
  'adr',
  'ses',
  'saga',
  'cmd',
  'evt',
  'svc',
];

function formOf(schema: z.ZodType): Form {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // Ids are checked by a function, which JSON Schema cannot say: ask it.
      if (zodSchema._zod.def.type === 'custom')
        jsonSchema['prefix'] = prefixes.find((prefix) => z.safeParse(zodSchema, newId(prefix)).success);
    },
  });
  return ofJson(json as JsonSchema);
}

function ofJson(schema: JsonSchema): Form {
  const { type, properties, required = [], items, anyOf, prefix } = schema;
  if (anyOf !== undefined) {
    const [value, ...others] = anyOf.filter((option) => option.type !== 'null');
    if (value === undefined || others.length > 0 || anyOf.length !== 2) throw new Error(`no form for a union: ${JSON.stringify(schema)}`);
    return { 'null or': ofJson(value) };
  }
  if (typeof type === 'object') return { 'null or': ofJson({ ...schema, type: type.find((name) => name !== 'null') ?? 'null' }) };
  if (properties !== undefined) {
    if (schema.additionalProperties === false) throw new Error('a strict object refuses the fields of later forms');
    return Object.fromEntries(
      Object.entries(properties).map(([name, member]) => [required.includes(name) ? name : `${name}?`, ofJson(member)]),
    );
  }
  if (items !== undefined) return [ofJson(items)];
  if (prefix !== undefined) return `id ${prefix}`;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(' ')}`;
  const limits = [
    schema.format,
    schema.format === undefined ? schema.pattern : undefined,
    schema.minimum === -Number.MAX_SAFE_INTEGER ? undefined : schema.minimum?.toString(),
    schema.exclusiveMinimum?.toString(),
  ];
  return [String(type), ...limits.filter((limit) => limit !== undefined)].join(' ');
}

/** What breaks when one side knows `older` and the other `newer`. */
function breaks(older: Form, newer: Form, path = ''): string[] {
  if (typeof older === 'string' || typeof newer === 'string')
    return older === newer ? [] : [`${path} was "${say(older)}" and is "${say(newer)}"`];
  if (isList(older) || isList(newer))
    return isList(older) && isList(newer) ? breaks(older[0], newer[0], `${path}[]`) : [`${path} changed between list and object`];
  const kept = Object.entries(older).flatMap(([name, form]) => {
    const now = newer[name];
    return now === undefined ? [`${path}.${name} is gone, or changed whether it may be absent`] : breaks(form, now, `${path}.${name}`);
  });
  const added = Object.keys(newer).filter((name) => older[name] === undefined && !name.endsWith('?'));
  return [...kept, ...added.map((name) => `${path}.${name} is new and must be allowed to be absent`)];
}

const isList = (form: Form): form is readonly [Form] => Array.isArray(form);
const say = (form: Form): string => (typeof form === 'string' ? form : JSON.stringify(form));

const folder = new URL('../compatibility/', import.meta.url);
const published = (topic: string): Readonly<Record<string, readonly Form[]>> =>
  JSON.parse(readFileSync(new URL(`${topic}.json`, folder), 'utf8')) as Record<string, Form[]>;

const names = Object.keys(topics) as Topic[];

test('every topic of the catalogue has its published forms, and no other', () => {
  expect(readdirSync(folder).toSorted()).toEqual(names.map((topic) => `${topic}.json`).toSorted());
});

test.each(names)('the messages of %s can be read by older and by newer consumers', (topic) => {
  const forms = published(topic);
  const present = Object.fromEntries(Object.entries<z.ZodType>(topics[topic].messages).map(([type, schema]) => [type, formOf(schema)]));

  for (const [type, history] of Object.entries(forms)) {
    const now = present[type];
    if (now === undefined) throw new Error(`${type} is gone from ${topic}, but the log may still hold it`);
    expect(history.flatMap((older) => breaks(older, now, type))).toEqual([]);
  }
  // A failure here alone is a change that is allowed: append the present form to its list.
  expect(Object.fromEntries(Object.entries(forms).map(([type, history]) => [type, history.at(-1)]))).toEqual(present);
});

const base = z.object({
  id: z.string(),
  state: z.enum(['A', 'B']),
  lines: z.array(z.object({ count: z.int() })),
  note: z.string().nullable(),
});

test.each<[string, z.ZodType]>([
  ['a required field was added', base.extend({ extra: z.string() })],
  ['a field was removed', base.omit({ id: true })],
  ['a field may be absent now', base.partial({ id: true })],
  ['a field changed its type', base.extend({ id: z.int() })],
  ['a field became narrower', base.extend({ id: z.iso.datetime() })],
  ['a state was added, which older consumers refuse', base.extend({ state: z.enum(['A', 'B', 'C']) })],
  ['a state was removed, which the log may still hold', base.extend({ state: z.enum(['A']) })],
  ['null was forbidden', base.extend({ note: z.string() })],
  ['null was allowed', base.extend({ id: z.string().nullable() })],
  ['something inside a list changed', base.extend({ lines: z.array(z.object({ count: z.string() })) })],
  ['a list became an object', base.extend({ lines: z.object({ count: z.int() }) })],
])('it is refused that %s', (_change, changed) => {
  expect(breaks(formOf(base), formOf(changed))).not.toEqual([]);
});

test('a field that may be absent can be added', () => {
  expect(breaks(formOf(base), formOf(base.extend({ extra: z.string().nullish() })))).toEqual([]);
});

test('an id keeps its kind', () => {
  const kind = (prefix: IdPrefix) => z.custom((value) => typeof value === 'string' && value.startsWith(`${prefix}_`));
  expect(breaks(formOf(kind('ord')), formOf(kind('usr')))).toEqual([' was "id ord" and is "id usr"']);
});
