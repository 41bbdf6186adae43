import { expect, test } from 'vitest';
import { eventfulSupergraph, eventfulSupergraphOf, eventsSdl } from '../../test/library-events.ts';
import { librarySupergraph } from '../../test/world.ts';
import { buildGeneration } from './generation.ts';

const visitBinding = '@topic(name: "desk.visit.v1", key: "{args.visitId}", owner: "reader.id", replay: "visitEvents", overflow: "END")';
const bellBinding = '@topic(name: "desk.bell.v1", key: "{args.hall}", overflow: "LATEST")';
const shelfBinding = 'keyAt: "shelf.id", replay: "shelfEvents", overflow: "LATEST", shared: true)';

test('bindings are read off the supergraph, whatever host the feature is named after', () => {
  const { topics, subgraphs } = buildGeneration(eventfulSupergraph());

  expect([...topics.keys()]).toEqual(['visitChanged', 'noteWritten', 'shelvesChanged', 'bellRang']);
  expect(topics.get('visitChanged')).toEqual({
    field: 'visitChanged',
    topic: 'desk.visit.v1',
    key: { from: 'argument', name: 'visitId', list: false },
    types: null,
    owner: ['reader', 'id'],
    replay: 'visitEvents',
    resumable: true,
    keyAt: null,
    overflow: 'END',
    shared: false,
  });
  expect(topics.get('noteWritten')).toMatchObject({ key: { from: 'subject' }, types: new Set(['NoteWritten']) });
  expect(topics.get('shelvesChanged')).toMatchObject({ key: { list: true }, keyAt: ['shelf', 'id'], resumable: false, shared: true });
  expect(topics.get('bellRang')).toMatchObject({ replay: null, overflow: 'LATEST', owner: null });
  expect(subgraphs.filter(({ virtual }) => virtual).map(({ name }) => name)).toEqual(['events']);
});

test('the directive may have another name', () => {
  const renamed = eventsSdl
    .replace('import: ["@topic"]', 'import: [{ name: "@topic", as: "@fromLog" }]')
    .replace('@composeDirective(name: "@topic")', '@composeDirective(name: "@fromLog")')
    .replaceAll('@topic(name: "desk', '@fromLog(name: "desk')
    .replace('directive @topic', 'directive @fromLog');

  expect(buildGeneration(eventfulSupergraphOf(renamed)).topics.size).toBe(4);
});

test('a graph without the feature has no bindings', () => {
  expect(buildGeneration(librarySupergraph(false)).topics.size).toBe(0);
});

test.each([
  ['an unknown replay field', visitBinding, visitBinding.replace('visitEvents', 'visitsEvents'), 'replay names Query.visitsEvents'],
  [
    'a replay of something else',
    visitBinding,
    visitBinding.replace('visitEvents', 'noteEvents'),
    'is [NoteEvent!]!, not a list of VisitEvent',
  ],
  ['a replay that is no list', visitBinding, visitBinding.replace('visitEvents', 'visit'), 'not a list of VisitEvent'],
  [
    'a replay without the arguments',
    'noteWritten(afterSequence: Int)',
    'noteWritten(mood: String, afterSequence: Int)',
    'has no argument mood: String',
  ],
  ['an unknown argument', visitBinding, visitBinding.replace('args.visitId', 'args.id'), 'key names the argument id'],
  [
    'a template of its own',
    visitBinding,
    visitBinding.replace('{args.visitId}', 'visit-{args.visitId}'),
    'is neither {subject} nor {args.…}',
  ],
  ['a list of keys without keyAt', shelfBinding, shelfBinding.replace('keyAt: "shelf.id", ', ''), 'needs keyAt'],
  ['keyAt nowhere', shelfBinding, shelfBinding.replace('shelf.id', 'shelf.name'), 'ShelfEvent has no shelf.name'],
  ['another overflow', bellBinding, bellBinding.replace('LATEST', 'NONE'), 'overflow "NONE" is neither LATEST nor END'],
  ['afterSequence without replay', 'bellRang(hall: ID!)', 'bellRang(hall: ID!, afterSequence: Int)', 'afterSequence needs replay'],
  [
    'an abstract event',
    'type BellEvent {',
    'interface Sound { a: Int } type Gong implements Sound { a: Int } type BellEvent { sound: Sound',
    'BellEvent.sound is abstract',
  ],
  [
    'a list of events',
    'bellRang(hall: ID!): BellEvent!',
    'bellRang(hall: ID!): [BellEvent!]!',
    'an event is one object of one type, not [BellEvent!]!',
  ],
  ['types that are none', bellBinding, bellBinding.replace('overflow', 'types: [], overflow'), 'types is not a list of texts'],
])('%s is refused when the graph is loaded', (_, from, to, message) => {
  expect(eventsSdl).toContain(from);
  const supergraph = eventfulSupergraphOf(eventsSdl.replace(from, to));

  expect(() => buildGeneration(supergraph)).toThrow(message);
});
