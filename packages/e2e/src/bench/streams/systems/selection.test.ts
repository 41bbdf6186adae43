import { expect, test } from 'vitest';
import { readSelections, selected } from './selection.ts';

const operation = `query Own__orders__0($orderId: ID!, $after: Int) {
  steps: orderStatusEvents(orderId: $orderId, afterSequence: $after) { __typename n: sequence order { id } ... on OrderStatusEvent @include(if: $x) { note(as: ")") } }
}`;

test('aliases, arguments and inline fragments of an operation are read', () => {
  const [root] = readSelections(operation);
  expect(root).toMatchObject({ responseKey: 'steps', field: 'orderStatusEvents' });
  expect(root?.below.map(({ responseKey, field }) => [responseKey, field])).toEqual([
    ['__typename', '__typename'],
    ['n', 'sequence'],
    ['order', 'order'],
    ['note', 'note'],
  ]);
});

test('only what is selected is answered, under the names that were asked for', () => {
  const [root] = readSelections(operation);
  const event = { __typename: 'Step', sequence: 3, order: { __typename: 'Order', id: 'ord_1' }, note: null, status: 'PENDING' };
  expect(selected([event], root?.below ?? [])).toEqual([{ __typename: 'Step', n: 3, order: { id: 'ord_1' }, note: null }]);
});

test('what cannot be answered is refused', () => {
  expect(() => readSelections('query { a { ...Named } }')).toThrow('a named fragment');
  expect(() => selected({ a: 1 }, [{ responseKey: 'b', field: 'b', below: [] }])).toThrow('no b');
});
