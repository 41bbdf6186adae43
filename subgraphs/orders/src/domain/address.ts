import { ok, refuse, type Outcome } from '@tally/kernel';
import { invalid, type Refusals } from './refusal.ts';

/** Where a parcel goes. `country` is ISO 3166-1 alpha-2. */
export interface PostalAddress {
  readonly name: string | null;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string;
  readonly country: string;
}

/** An address as somebody typed it. */
export interface AddressInput {
  readonly name?: string | null | undefined;
  readonly line1: string;
  readonly line2?: string | null | undefined;
  readonly city: string;
  readonly region?: string | null | undefined;
  readonly postalCode: string;
  readonly country: string;
}

const longest = 200;
const longestPostalCode = 20;

/** Trims; refuses what is empty, too long, or holds control characters, which would end up on labels and in mails. */
export function parseAddress(input: AddressInput): Outcome<PostalAddress, Refusals> {
  const refusals: ReturnType<typeof invalid>[] = [];
  const text = (field: keyof AddressInput, value: string, limit: number): string => {
    const trimmed = value.trim();
    if (trimmed === '') refusals.push(invalid('Must not be empty.', 'shippingAddress', field));
    else if (trimmed.length > limit) refusals.push(invalid(`At most ${limit} characters.`, 'shippingAddress', field));
    else if (/\p{Cc}/u.test(trimmed)) refusals.push(invalid('Must be one line of text.', 'shippingAddress', field));
    return trimmed;
  };
  const optional = (field: keyof AddressInput, value: string | null | undefined): string | null =>
    value == null || value.trim() === '' ? null : text(field, value, longest);
  const address: PostalAddress = {
    name: optional('name', input.name),
    line1: text('line1', input.line1, longest),
    line2: optional('line2', input.line2),
    city: text('city', input.city, longest),
    region: optional('region', input.region),
    postalCode: text('postalCode', input.postalCode, longestPostalCode),
    country: input.country,
  };
  if (!/^[A-Z]{2}$/.test(input.country)) refusals.push(invalid('Two capital letters of ISO 3166-1.', 'shippingAddress', 'country'));
  return refusals.length === 0 ? ok(address) : refuse(refusals);
}
