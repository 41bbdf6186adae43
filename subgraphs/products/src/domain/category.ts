import { ok, refuse, type Id, type Outcome } from '@tally/kernel';
import { invalid, type Refusal } from './refusal.ts';

export type AttributeKind = 'TEXT' | 'NUMBER' | 'CHOICE' | 'FLAG';

/** What products of a category may, or must, state. */
export interface AttributeDefinition {
  readonly key: string;
  readonly label: string;
  readonly kind: AttributeKind;
  readonly required: boolean;
  /** Of a CHOICE: the values it may have. */
  readonly choices?: readonly string[];
}

/** A node of the category tree. */
export interface Category {
  readonly id: Id<'cat'>;
  readonly slug: string;
  readonly name: string;
  readonly parentId: Id<'cat'> | null;
  /** Names from the top level down to this one. */
  readonly path: readonly string[];
  readonly attributes: readonly AttributeDefinition[];
}

/** A name with its value, as clients send attributes and options. */
export interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** Values by the key of their definition. */
export type Attributes = Readonly<Record<string, string>>;

const longestValue = 200;

/** Checks what a product states against what its category defines: every key known and given once, every value of its kind, nothing required missing. */
export function parseAttributes(
  stated: readonly NameValue[],
  definitions: readonly AttributeDefinition[],
): Outcome<Attributes, readonly Refusal[]> {
  const refusals: Refusal[] = [];
  const values = new Map<string, string>();
  for (const [index, { name, value }] of stated.entries()) {
    const at = ['attributes', String(index)];
    const definition = definitions.find(({ key }) => key === name);
    if (definition === undefined) refusals.push(invalid(`The category defines no attribute ${JSON.stringify(name)}.`, ...at, 'name'));
    else if (values.has(name)) refusals.push(invalid(`${definition.label} is given twice.`, ...at, 'name'));
    else if (!fits(value, definition)) refusals.push(invalid(`${definition.label} is ${wanted(definition)}.`, ...at, 'value'));
    values.set(name, value);
  }
  for (const { key, label, required } of definitions) {
    if (required && !values.has(key)) refusals.push(invalid(`${label} is required in this category.`, 'attributes'));
  }
  return refusals.length === 0 ? ok(Object.fromEntries(values)) : refuse(refusals);
}

function fits(value: string, { kind, choices = [] }: AttributeDefinition): boolean {
  if (value.length === 0 || value.length > longestValue || value.includes('\0')) return false;
  if (kind === 'NUMBER') return /^-?\d{1,12}(\.\d{1,6})?$/.test(value);
  if (kind === 'FLAG') return value === 'true' || value === 'false';
  return kind === 'TEXT' || choices.includes(value);
}

function wanted({ kind, choices = [] }: AttributeDefinition): string {
  if (kind === 'NUMBER') return 'a number';
  if (kind === 'FLAG') return 'true or false';
  return kind === 'CHOICE' ? `one of ${choices.join(', ')}` : `text of 1 to ${longestValue} characters`;
}
