import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdsCardNumber, parseMethod } from './payment-method.ts';

test.each([
  ['4111111111111111'],
  ['tok_4111111111111111'],
  ['tok_4111_1111_1111_1111'],
  ['4111 1111 1111 1111'],
  ['4111-1111-1111-1111'],
  ['378282246310005'],
  ['x9994111111111111111999x'],
  ['４１１１１１１１１１１１１１１１'],
])('%s holds a card number', (text) => {
  expect(holdsCardNumber(text)).toBe(true);
});

test.each([['tok_ok'], ['tok_slow_3s'], ['1111111111111'], ['123456789012'], ['']])('%s holds none', (text) => {
  expect(holdsCardNumber(text)).toBe(false);
});

test('a number that passes Luhn is found wherever it stands', () => {
  const luhn = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 }).map((digits) => {
    const sum = digits.reduceRight((total, digit, index) => {
      const doubled = (digits.length - index) % 2 === 1 ? digit * 2 : digit;
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    return `${digits.join('')}${String((10 - (sum % 10)) % 10)}`;
  });
  fc.assert(
    fc.property(luhn, fc.stringMatching(/^[a-z_]{0,10}$/), fc.stringMatching(/^[a-z_]{0,10}$/), (number, before, after) =>
      holdsCardNumber(`${before}${number}${after}`),
    ),
  );
});

test.each([
  ['simulator', 'tok_ok', null],
  ['simulator', 'tok_a', null],
  ['simulator', `tok_${'a'.repeat(60)}`, null],
  ['simulator', `tok_${'a'.repeat(61)}`, 'token'],
  ['simulator', 'tok_', 'token'],
  ['simulator', 'tok_OK', 'token'],
  ['simulator', ' tok_ok', 'token'],
  ['simulator', 'tok_ok\n', 'token'],
  ['simulator', 'pm_ok', 'token'],
  ['stripe', 'tok_ok', 'provider'],
  ['', 'tok_ok', 'provider'],
  ['simulator', 'tok_4242424242424242', 'token'],
  ['4242424242424242', 'tok_ok', 'provider'],
])('provider %j with token %j has its problem in %j', (provider, token, field) => {
  const parsed = parseMethod(provider, token);
  expect(parsed.ok ? null : parsed.refusal.field).toBe(field);
});

test('the refusal of a card number does not repeat it', () => {
  expect(JSON.stringify(parseMethod('simulator', '4111111111111111'))).not.toContain('4111');
});
