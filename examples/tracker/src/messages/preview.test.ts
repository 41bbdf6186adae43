import { expect, test } from 'vitest';
import { previewOf } from './preview.ts';

test('a preview is the first paragraph that says something', () => {
  const body =
    'Tally\n\nYour order is confirmed\n=======================\n\nHello Ada,\n\nThank you for your order. The payment\nof 20.29 is approved.\n\nMore.';

  expect(previewOf(body)).toBe('Thank you for your order. The payment of 20.29 is approved.');
});

test('short paragraphs are said together, and a long one is cut', () => {
  expect(previewOf('Hello.\n\n-----\n\nBye.')).toBe('Hello.  Bye.');
  expect(previewOf('x'.repeat(500))).toHaveLength(160);
});
