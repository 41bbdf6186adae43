import { expect, test } from 'vitest';
import { toAnnotation } from './annotation.ts';

test('an annotation names the file, line and column of its problem', () => {
  expect(toAnnotation('error', 'composition', { where: 'subgraphs/orders/schema.graphql:3:7', what: 'no such type' })).toBe(
    '::error file=subgraphs/orders/schema.graphql,line=3,col=7,title=composition::no such type',
  );
});

test('what stands nowhere has only its title, and what would end the line is escaped', () => {
  expect(toAnnotation('warning', 'a, b: c', { where: null, what: '100 %\nand more' })).toBe(
    '::warning title=a%2C b%3A c::100 %25%0Aand more',
  );
});
