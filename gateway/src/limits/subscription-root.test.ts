import { expect, test } from 'vitest';
import { createAdmit } from './admission.ts';
import { limitsOf } from './profile.ts';

const admit = createAdmit(limitsOf.default);
const admitted = (text: string) => () => {
  admit(text, {}, undefined);
};

test.each([
  ['a variable', 'subscription ($x: Boolean!) { bellRang(hall: 1) @include(if: $x) { hall } }', '@include'],
  ['a literal', 'subscription { bellRang(hall: 1) @skip(if: false) { hall } }', '@skip'],
  ['a spread', 'subscription ($x: Boolean!) { ...F @skip(if: $x) } fragment F on Subscription { bellRang(hall: 1) { hall } }', '@skip'],
  [
    'a field in a fragment in a fragment',
    'subscription ($x: Boolean!) { ...F } fragment F on Subscription { ... { bellRang(hall: 1) @include(if: $x) { hall } } }',
    '@include',
  ],
])('the root field of a subscription is always there: no condition by %s', (_, text, directive) => {
  expect(admitted(text)).toThrow(`The root field of a subscription takes no ${directive}.`);
});

test('conditions below the root, and on other operations, are free', () => {
  expect(admitted('subscription ($x: Boolean!) { bellRang(hall: 1) { hall @skip(if: $x) sequence } }')).not.toThrow();
  expect(admitted('query ($x: Boolean!) { books @skip(if: $x) { id } }')).not.toThrow();
});
