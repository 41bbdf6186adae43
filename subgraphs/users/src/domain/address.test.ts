import { expect, test } from 'vitest';
import { parseAddress, type GivenAddress } from './address.ts';

const berlin: GivenAddress = { line1: 'Lindenstraße 12', city: 'Berlin', postalCode: '10969', country: 'DE' };

test('what is not given is null, and blank is not given', () => {
  expect(parseAddress({ ...berlin, label: '  ', name: ' Ada ' })).toEqual({
    label: null,
    name: 'Ada',
    line1: 'Lindenstraße 12',
    line2: null,
    city: 'Berlin',
    region: null,
    postalCode: '10969',
    country: 'DE',
    isDefault: false,
  });
});

test.each(['line1', 'city', 'postalCode', 'country'] as const)('an address without %s is refused by that name', (field) => {
  expect(parseAddress({ ...berlin, [field]: ' ' })).toBe(field);
  expect(parseAddress({ ...berlin, [field]: undefined })).toBe(field);
});

test.each(['label', 'name', 'line1', 'line2', 'city', 'region', 'postalCode'] as const)(
  '%s is one line of at most 200 characters',
  (field) => {
    expect(parseAddress({ ...berlin, [field]: 'x'.repeat(200) })).toMatchObject({ [field]: 'x'.repeat(200) });
    expect(parseAddress({ ...berlin, [field]: 'x'.repeat(201) })).toBe(field);
    expect(parseAddress({ ...berlin, [field]: 'two\nlines' })).toBe(field);
  },
);

test.each(['de', 'DEU', 'D', 'D1', 'Ä1'])('%s is no country', (country) => {
  expect(parseAddress({ ...berlin, country })).toBe('country');
});
