import { money, newId } from '@tally/kernel';
import { describe, expect, test } from 'vitest';
import type { MailFacts, MailOrder } from './mail.ts';
import { renderMail } from './render-mail.ts';
import { columns, textWidth } from './wrap-text.ts';

const eur = (amount: number) => money(amount, 'EUR');
const order: MailOrder = {
  id: newId('ord'),
  number: '7K2M9QXD',
  total: eur(14_878),
  lines: [
    { title: 'Enamel Mug, White', sku: 'MUG-WHITE', quantity: 2, lineTotal: eur(2_998) },
    { title: "Gardener's Blanket & Cushion", sku: 'BLANKET-L', quantity: 13, lineTotal: eur(11_390) },
  ],
};
const ada = { displayName: 'Ada Lovelace', locale: 'en' };
const shop = { name: 'Pots & Pans', url: 'https://shop.example/tally/' };

const ofTheOrder = [
  ...['7K2M9QXD', 'Enamel Mug, White', '2 × MUG-WHITE', '€29.98', "Gardener's Blanket & Cushion", '13 × BLANKET-L', '€113.90'],
  ...['Shipping and discounts', '€4.90', 'Total', '€148.78'],
];
const note = 'Something for the buyer to know.';

const mails: readonly (readonly [MailFacts, { readonly subject: string; readonly says: readonly string[] }])[] = [
  [
    { template: 'ORDER_CONFIRMED', order, note },
    { subject: 'Order 7K2M9QXD is confirmed', says: [...ofTheOrder, note, 'payment of €148.78 is approved'] },
  ],
  [
    { template: 'PAYMENT_FAILED', order, note: 'The payment was declined.' },
    {
      subject: 'Order 7K2M9QXD: the payment did not go through',
      says: [...ofTheOrder, 'Reason', 'The payment was declined.', 'You were not charged'],
    },
  ],
  [
    { template: 'ORDER_SHIPPED', order, note },
    { subject: 'Order 7K2M9QXD is on its way', says: [...ofTheOrder, note, 'Everything in order 7K2M9QXD has left us'] },
  ],
  [
    { template: 'ORDER_SHIPPED', order, note, partial: true },
    {
      subject: 'Part of order 7K2M9QXD is on its way',
      says: [...ofTheOrder, note, 'Partly shipped', 'The rest follows in a parcel of its own'],
    },
  ],
  [
    { template: 'ORDER_DELIVERED', order, note },
    { subject: 'Order 7K2M9QXD was delivered', says: [...ofTheOrder, note, 'missing or damaged'] },
  ],
  [
    { template: 'REFUNDED', order, refunded: eur(11_391) },
    { subject: 'Refund of €113.91 for order 7K2M9QXD', says: [...ofTheOrder, 'We refunded €113.91'] },
  ],
  [
    { template: 'SECURITY_NOTICE', at: new Date('2026-11-21T14:55:00.123Z') },
    {
      subject: 'We ended a session of your Pots & Pans account',
      says: [
        'November 21, 2026 at 14:55 UTC',
        'had been used before was shown again',
        'We have ended the session',
        'sign out on all devices',
      ],
    },
  ],
];

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
const visible = (html: string): string =>
  flat(html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => entities[name] ?? ''));

describe.each(mails)('$template, $partial', (facts, { subject, says }) => {
  const mail = renderMail(facts, ada, shop);

  test('the subject says what happened', () => {
    expect(mail.subject).toBe(subject);
  });

  test('text and HTML both say all of it, to whom, and from whom', () => {
    for (const fact of [...says, 'Hello Ada Lovelace,', 'Pots & Pans']) {
      expect(flat(mail.text)).toContain(fact);
      expect(visible(mail.html)).toContain(fact);
    }
  });

  test('every address leads to the shop, and nothing is loaded or run', () => {
    for (const part of [mail.text, mail.html]) {
      for (const address of part.match(/[a-z]+:\/\/[^\s"<]+/g)!) expect(address).toMatch(/^https:\/\/shop\.example\/tally(\/|$)/);
    }
    expect(mail.html).not.toMatch(/<(script|img|link|iframe|object|form|svg)|\bsrc=|url\(|@import|javascript:|\son\w+=/i);
    const target = facts.template === 'SECURITY_NOTICE' ? '' : `/tracker/#/orders/${order.id}`;
    expect(mail.html).toContain(`href="https://shop.example/tally${target}"`);
    expect(mail.text.split('\n')).toContain(`https://shop.example/tally${target}`);
  });

  test('a line of text has at most 72 columns, unless it is an address', () => {
    for (const line of mail.text.split('\n')) expect(line.startsWith('https://') ? 0 : columns(line)).toBeLessThanOrEqual(textWidth);
  });

  test('each colour has a class that names its dark counterpart', () => {
    const sheet = /<style>([^]*)<\/style>/.exec(mail.html)![1]!;
    const body = mail.html.slice(mail.html.indexOf('<table'));
    for (const [tag] of body.matchAll(/<\w+[^>]*(?:color:|border-top:|border-bottom:)[^>]*>/g)) {
      const names = /class="([^"]*)"/.exec(tag)?.[1]?.split(' ') ?? [];
      expect(names.some((name) => sheet.includes(`.${name}{`))).toBe(true);
    }
    expect(mail.html).toContain('<meta name="color-scheme" content="light dark" />');
    expect(mail.html).toContain('<html lang="en"');
  });
});

test('who gave no name is greeted without one', () => {
  const { text, html } = renderMail(mails[0]![0], { displayName: null, locale: 'en' }, shop);
  expect(text).toContain('\nHello,\n');
  expect(visible(html)).toContain(' Hello, ');
});

test('a mail without a note has no place for one', () => {
  for (const empty of [null, '', ' \r\n ']) {
    const { text, html } = renderMail({ template: 'ORDER_CONFIRMED', order, note: empty }, ada, shop);
    expect(text + visible(html)).not.toContain('Note');
  }
});

test('an order whose lines add up to its total names nothing between them', () => {
  const { text } = renderMail({ template: 'ORDER_CONFIRMED', order: { ...order, total: eur(14_388) }, note: null }, ada, shop);
  expect(text).not.toContain('Shipping');
});

test('an order of 65 lines is told whole, below the size at which mail clients cut', () => {
  const lines = Array.from({ length: 65 }, (_, at) => ({
    title: `Thing number ${String(at)} ${'of a long name '.repeat(12)}`.trim(),
    sku: `THING-${String(at)}-END`,
    quantity: at + 1,
    lineTotal: eur(100 + at),
  }));
  const { text, html } = renderMail({ template: 'ORDER_SHIPPED', order: { ...order, lines }, note: null }, ada, shop);

  for (const { title, sku, quantity } of lines) {
    const particulars = `${String(quantity)} × ${sku}`;
    expect(visible(html)).toContain(`${title} ${particulars}`);
    expect(flat(text)).toContain(particulars);
  }
  expect(Buffer.byteLength(html)).toBeLessThan(102_400);
});
