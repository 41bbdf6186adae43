import type { Id } from '@tally/kernel';
import { parsePlainText } from './plain-text.ts';

export interface Address {
  readonly id: Id<'adr'>;
  readonly label: string | null;
  readonly name: string | null;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly isDefault: boolean;
}

export type AddressDraft = Omit<Address, 'id'>;

/** An address as somebody gave it. */
export type GivenAddress = { readonly [Field in keyof AddressDraft]?: AddressDraft[Field] | null | undefined };

/** Most addresses an account keeps. */
export const maxAddresses = 50;

const maxLineLength = 200;
const needed = ['line1', 'city', 'postalCode', 'country'] as const;
const optional = ['label', 'name', 'line2', 'region'] as const;

/** The address, or the name of the first field that cannot be one: a line of 1 to 200 characters, and two capital letters for the country. */
export function parseAddress(given: GivenAddress): AddressDraft | keyof AddressDraft {
  const texts = new Map<keyof AddressDraft, string>();
  for (const field of [...needed, ...optional]) {
    const text = parsePlainText(given[field] ?? '', maxLineLength);
    if (text === null) return field;
    texts.set(field, text);
  }
  const required = (field: (typeof needed)[number]): string => texts.get(field) ?? '';
  const orNull = (field: (typeof optional)[number]): string | null => texts.get(field) || null;

  const missing = needed.find((field) => required(field) === '');
  if (missing !== undefined) return missing;
  if (!/^[A-Z]{2}$/.test(required('country'))) return 'country';
  return {
    label: orNull('label'),
    name: orNull('name'),
    line1: required('line1'),
    line2: orNull('line2'),
    city: required('city'),
    region: orNull('region'),
    postalCode: required('postalCode'),
    country: required('country'),
    isDefault: given.isDefault ?? false,
  };
}
