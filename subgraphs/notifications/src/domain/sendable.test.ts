import { expect, test } from 'vitest';
import { headerFault, type Headers } from './sendable.ts';

const mail: Headers = {
  messageId: 'ntf_1@tally.invalid',
  from: { name: 'Tally', address: 'shop@tally.invalid' },
  to: 'ada@example.com',
  subject: 'Hello',
};

test('a mail to one address is one mail', () => {
  expect(headerFault(mail)).toBeNull();
  expect(headerFault({ ...mail, subject: 'Grüße, „Ada“ <b>; a@b' })).toBeNull();
});

test.each([
  ['ADDRESS', { to: 'a@b, c@d' }],
  ['ADDRESS', { from: { name: '', address: 'nobody' } }],
  ['HEADER', { subject: 'a\nb' }],
  ['HEADER', { from: { name: 'a\rb', address: 'shop@tally.invalid' } }],
  ['HEADER', { messageId: 'ntf_1' }],
  ['HEADER', { messageId: '<ntf_1@tally.invalid>' }],
] as const)('A29 %s: %o', (fault, change) => {
  expect(headerFault({ ...mail, ...change })).toBe(fault);
});
