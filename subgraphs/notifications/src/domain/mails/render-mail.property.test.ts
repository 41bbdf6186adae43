import { money, newId } from '@tally/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MailFacts, MailOrder } from './mail.ts';
import { oneLine } from './one-line.ts';
import { renderMail } from './render-mail.ts';
import { columns, textWidth } from './wrap-text.ts';

const payloads = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  `' style='background:url(//evil.example)`,
  '</style><style>*{display:none}',
  '<!--',
  '--><![if mso]>',
  'Mug\r\nBcc: all@evil.example\r\n\r\n<b>hi</b>',
  '{{7*7}} {{constructor.constructor("return 1")()}}',
  '${7*7} #{7*7} <%= 7*7 %> {% debug %}',
  "$& $` $' $1 %s %n %00",
  '&lt;b&gt; &#60;b&#62;',
  'a\u202Egnp.exe\u2066',
  'a\u0000\u001b[31m\u2028\u2029\u0085b',
  '\ud800',
] as const;
const hostile = fc.oneof(
  fc.constantFrom(...payloads),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc
    .array(fc.constantFrom(...payloads, '<', '>', '&', '"', "'", '`', '{', '}', '$', '%', '\r', '\n', '\t', ' '), { maxLength: 12 })
    .map((parts) => parts.join('')),
);
/** Something of it is visible, so that its place in the mail is there. */
const seen = hostile.map((value) => `x${value}`);
const values = fc.record({ title: seen, sku: seen, number: seen, note: seen, displayName: hostile, name: seen, locale: hostile });
type Values = typeof values extends fc.Arbitrary<infer T> ? T : never;

const id = newId('ord');
const eur = (amount: number) => money(amount, 'EUR');
const plain: Values = { title: 'Mug', sku: 'MUG', number: '7K2M9QXD', note: 'Note.', displayName: 'Ada', name: 'Tally', locale: 'en' };

const allFacts = ({ number, title, sku, note }: Values): readonly MailFacts[] => {
  const order: MailOrder = { id, number, total: eur(1_000), lines: [{ title, sku, quantity: 1, lineTotal: eur(900) }] };
  return [
    { template: 'ORDER_CONFIRMED', order, note },
    { template: 'PAYMENT_FAILED', order, note },
    { template: 'ORDER_SHIPPED', order, note },
    { template: 'ORDER_SHIPPED', order, note, partial: true },
    { template: 'ORDER_DELIVERED', order, note },
    { template: 'REFUNDED', order, refunded: eur(900) },
    { template: 'SECURITY_NOTICE', at: new Date(0) },
  ];
};
const allMails = (told: Values) =>
  allFacts(told).map((facts) => renderMail(facts, told, { name: told.name, url: 'http://127.0.0.1:4000' }));

/** Control characters, line breaks of all kinds, lone surrogates, and what reorders text. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

const tags = (html: string): readonly string[] => html.match(/<[^>]*>/g) ?? [];
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
const decoded = (html: string): string =>
  html.replaceAll(/<[^>]*>/g, '\n').replaceAll(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => entities[name] ?? '');
const withoutSpace = (text: string): string => text.replaceAll(/\s+/g, '');

test('A29 whatever names, titles and notes hold, the markup of a mail stays what it is', () => {
  const expected = allMails(plain).map(({ html }) => tags(html));
  fc.assert(
    fc.property(values, (told) => {
      expect(allMails(told).map(({ html }) => tags(html))).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test('A29 what was written is shown as it was written, nothing of it evaluated', () => {
  fc.assert(
    fc.property(values, (told) => {
      const mails = allMails({ ...told, locale: 'en' });
      for (const [at, facts] of allFacts(told).entries()) {
        if (facts.template === 'SECURITY_NOTICE') continue;
        const { text, html } = mails[at]!;
        const words = withoutSpace(text.replaceAll('€9.00', '')); // it stands beside the first line of a title
        const shown = [oneLine(told.title, 500), oneLine(told.sku, 100), oneLine(told.number, 100), oneLine(told.name, 100)];
        for (const value of shown) {
          expect(decoded(html)).toContain(value);
          expect(words).toContain(withoutSpace(value.replaceAll('€9.00', '')));
        }
      }
    }),
  );
});

test('A29 a subject is one bounded line without control characters', () => {
  fc.assert(
    fc.property(values, (told) => {
      for (const { subject } of allMails(told)) {
        expect(subject).toMatch(/^.{10,250}$/u);
        expect(subject).not.toMatch(unseen);
      }
    }),
  );
});

test('A29 no value adds a line break or control character to the text, nor a line wider than it may be', () => {
  fc.assert(
    fc.property(values, (told) => {
      for (const { text } of allMails(told)) {
        expect(text.replaceAll('\n', ' ')).not.toMatch(unseen);
        for (const line of text.split('\n'))
          expect(line.startsWith('http://127.0.0.1:4000') ? 0 : columns(line)).toBeLessThanOrEqual(textWidth);
      }
    }),
  );
});

test('A29 a display name that carries an address is not repeated', () => {
  for (const displayName of [
    'Win at http://evil.example',
    'www.evil',
    'evil.example',
    'me@evil.example',
    '//evil',
    String.raw`\\evil\share`,
  ]) {
    for (const { text, html } of allMails({ ...plain, displayName })) {
      expect(text).toContain('\nHello,\n');
      expect(text + html).not.toContain('evil');
    }
  }
  for (const displayName of ['J. R. R. Tolkien', "Sinéad O'Connor", '李小龙', 'Ada Jr.']) {
    for (const { text } of allMails({ ...plain, displayName })) expect(text).toContain(`\nHello ${displayName},\n`);
  }
});
