import { parse, Source } from 'graphql';
import { expect, test } from 'vitest';
import { eventTypeProblems } from './event-types.ts';

const schema = (name: string, sdl: string) => ({ name, typeDefs: parse(new Source(sdl, `${name}.graphql`)) });

test('an event type that its owner declares alike is in order, stubs and the subscription itself aside', () => {
  const events = schema(
    'events',
    'type Subscription { moved: Moved }  type Moved @shareable { sequence: Int! }  type Order @key(fields: "id") { id: ID! }',
  );

  expect(eventTypeProblems([events], [schema('orders', 'type Moved @shareable { sequence: Int! }')])).toEqual([]);
});

test('a field that would be live only, or of another type when replayed, is reported where it stands', () => {
  const events = schema('events', 'type Moved @shareable { sequence: Int! note: String }');

  expect(eventTypeProblems([events], [schema('orders', 'type Moved @shareable { sequence: String! }')])).toEqual([
    { where: 'events.graphql:1:25', what: 'Moved.sequence is another field, or none, where Moved is replayed' },
    { where: 'events.graphql:1:40', what: 'Moved.note is another field, or none, where Moved is replayed' },
  ]);
  expect(eventTypeProblems([events], [])).toMatchObject([{ what: 'Moved is declared by no subgraph that could replay it' }]);
});
