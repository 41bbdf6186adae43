import { newId } from '@tally/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainAddress, messageIdOf, parseMailbox } from './mailbox.ts';

test.each([
  ['Tally <shop@tally.invalid>', { name: 'Tally', address: 'shop@tally.invalid' }],
  ['"Tally, Berlin" <shop@tally.invalid>', { name: 'Tally, Berlin', address: 'shop@tally.invalid' }],
  ['shop@tally.invalid', { name: '', address: 'shop@tally.invalid' }],
  ['<shop@tally.invalid>', { name: '', address: 'shop@tally.invalid' }],
  ['  Tally Shop <shop+orders@mail.tally.invalid>  ', { name: 'Tally Shop', address: 'shop+orders@mail.tally.invalid' }],
])('%s is a mailbox', (text, mailbox) => {
  expect(parseMailbox(text)).toEqual(mailbox);
});

test.each(['', 'Tally', 'Tally <>', 'Tally <shop>', 'a@b, c@d', 'Tally <a@b> <c@d>', 'Tally\r\nBcc: x <a@b>', 'Tally <a@b\r\n>', 'a@b@c'])(
  '%j is no mailbox',
  (text) => {
    expect(parseMailbox(text)).toBeNull();
  },
);

test('an address that passes names one recipient, whatever it is made of', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '.', '@', ',', ';', '<', '>', '"', ' ', '\r', '\n', '\0', ':', '(', 'é') }),
      (text) => {
        if (!isPlainAddress(text)) return;
        expect(text.match(/@/g)).toHaveLength(1);
        expect(text).not.toMatch(/[\s,;:<>"()\p{Cc}]/u);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('an address ends at 254 characters', () => {
  expect(isPlainAddress(`${'a'.repeat(60)}@${'b'.repeat(193)}`)).toBe(true);
  expect(isPlainAddress(`${'a'.repeat(60)}@${'b'.repeat(194)}`)).toBe(false);
});

test('a Message-ID is the notification at the domain of the sender', () => {
  const id = newId('ntf');
  expect(messageIdOf(id, { name: 'Tally', address: 'shop@tally.invalid' })).toBe(`${id}@tally.invalid`);
});
