import type { Id } from '@tally/kernel';

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

/** Most addresses an account keeps. */
export const maxAddresses = 50;

type Given = { readonly [Field in keyof AddressDraft]?: AddressDraft[Field] | null | undefined };

/** The address, or the name of the first field that cannot be one: text of 1 to 200 characters without control characters, a two-letter country. */
export function parseAddress(given: Given): AddressDraft | keyof AddressDraft {
  const optional = { label: given.label ?? null, name: given.name ?? null, line2: given.line2 ?? null, region: given.region ?? null };
  const required = { line1: given.line1 ?? '', city: given.city ?? '', postalCode: given.postalCode ?? '', country: given.country ?? '' };
  const trimmed = Object.fromEntries(Object.entries({ ...optional, ...required }).map(([field, text]) => [field, text?.trim() ?? null])) as typeof optional & typeof required;
  const texts = Object.entries(trimmed) as [keyof AddressDraft, string | null][];
  for (const [field, text] of texts) {
    const needed = field in required;
    if (text === null || text === '') {
      if (needed) return field;
    } else if (text.length > 200 || /\p{Cc}/u.test(text)) return field;
  }
  if (!/^[A-Z]{2}$/.test(trimmed.country)) return 'country';
  const blankToNull = (text: string | null): string | null => (text === '' ? null : text);
  return {
    ...trimmed,
    label: blankToNull(trimmed.label),
    name: blankToNull(trimmed.name),
    line2: blankToNull(trimmed.line2),
    region: blankToNull(trimmed.region),
    isDefault: given.isDefault ?? false,
  };
}
