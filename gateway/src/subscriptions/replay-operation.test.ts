import { parse, print, type FieldNode } from 'graphql';
import { expect, test } from 'vitest';
import { eventfulGeneration } from '../../test/streams-world.ts';
import { graphOperation, planOperation } from '../planning/operation.ts';
import { streamOperation } from './stream-operation.ts';

const streamOf = (query: string) => streamOperation(graphOperation(eventfulGeneration(), parse(query), null, query));

test('a replay is the client’s own selection under its own alias', () => {
  const { replay } = streamOf(
    `subscription S($id: ID!, $after: Int) { v: visitChanged(visitId: $id, afterSequence: $after) { n: sequence ...F } }
     fragment F on VisitEvent { visit { fee } }`,
  );

  expect(print(replay?.operation.document ?? parse('{ a }'))).toBe(
    print(
      parse(`query S($id: ID!, $after: Int, $after_: Int) {
        v: visitEvents(visitId: $id, afterSequence: $after_) { n: sequence ...F sequence_: sequence }
      }
      fragment F on VisitEvent { visit { fee } }`),
    ),
  );
});

test('what is added meets no name of the client', () => {
  const { replay } = streamOf(
    'subscription ($after_: Int) { visitChanged(visitId: 1, afterSequence: $after_) { sequence_: note after__: note } }',
  );

  expect(replay).toMatchObject({ alias: 'visitChanged', sequenceAlias: 'sequence__', afterVariable: 'after___' });
});

test('fragments of the root are written out, and their selections put together', () => {
  const { root, replay } = streamOf(
    'subscription { ...A ... on Subscription { shelvesChanged(shelfIds: ["s"]) { free } } } fragment A on Subscription { shelvesChanged(shelfIds: ["s"]) { sequence } }',
  );

  expect((root.selectionSet?.selections as readonly FieldNode[]).map(({ name }) => name.value)).toEqual(['sequence', 'free']);
  expect(replay).toMatchObject({ key: { alias: 'key_', below: ['id'] }, afterVariable: null });
  expect(planOperation(replay?.operation ?? streamOf('').operation).node).toMatchObject({ kind: 'Fetch', serviceName: 'desk' });
});

test('the variable of afterSequence tells sharers apart only where it does nothing else', () => {
  const variableOf = (query: string) => streamOf(query).afterVariable;

  expect(variableOf('subscription ($a: Int) { visitChanged(visitId: 1, afterSequence: $a) { sequence } }')).toEqual({
    name: 'a',
    required: false,
  });
  expect(variableOf('subscription ($a: Int!) { visitChanged(visitId: 1, afterSequence: $a) { sequence } }')).toEqual({
    name: 'a',
    required: true,
  });
  expect(variableOf('subscription ($a: Int!) { visitChanged(visitId: $a, afterSequence: $a) { sequence } }')).toBeNull();
  expect(variableOf('subscription { visitChanged(visitId: 1, afterSequence: 4) { sequence } }')).toBeNull();
});
