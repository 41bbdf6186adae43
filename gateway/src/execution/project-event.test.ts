import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { eventfulGeneration } from '../../test/streams-world.ts';
import { graphOperation } from '../planning/operation.ts';
import { projectEvent, virtualFetchOf } from './project-event.ts';

const root = {
  visitChanged: {
    sequence: 3,
    status: 'SEATED',
    note: null,
    place: { hall: 'north', seat: 4, secret: 'x' },
    visit: { id: 'v1' },
    occurredAt: '2026-01-01T00:00:00.000Z',
    reader: { id: 'usr_1' },
  },
};
const project = (query: string, variables = {}, event: Readonly<Record<string, unknown>> = root) =>
  projectEvent(graphOperation(eventfulGeneration(), parse(query), null, query), event, variables);

test('aliases, fragments, conditions and type names come out in the order of the client', () => {
  const { data, errors } = project(
    `subscription ($no: Boolean = false) { v: visitChanged(visitId: 1) { n: sequence ...F visit { __typename id } } }
     fragment F on VisitEvent { place { __typename hall seat @include(if: $no) } status ... on VisitEvent { note } __typename }`,
  );

  expect(errors).toBeUndefined();
  expect(JSON.stringify(data)).toBe(
    '{"v":{"n":3,"place":{"__typename":"Place","hall":"north"},"status":"SEATED","note":null,"__typename":"VisitEvent","visit":{"__typename":"Visit","id":"v1"}}}',
  );
});

test('a value that is not of its type is an error of its place, never passed on', () => {
  const { data, errors } = project(
    'subscription { visitChanged(visitId: 1) { place { seat hall } } }',
    {},
    { visitChanged: { place: { hall: 'n', seat: 'four' } } },
  );

  expect(data).toEqual({ visitChanged: { place: { hall: 'n', seat: null } } });
  expect(errors?.map(({ path }) => path)).toEqual([['visitChanged', 'place', 'seat']]);
});

test('names that JavaScript objects are made of are just names', () => {
  const event = { visitChanged: JSON.parse('{"sequence":1,"__proto__":{"polluted":true},"constructor":1}') as unknown };
  const { data } = project('subscription { visitChanged(visitId: 1) { constructor: sequence toString: sequence } }', {}, event);

  expect(JSON.stringify(data)).toBe('{"visitChanged":{"constructor":1,"toString":1}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('a fetch from the virtual subgraph is answered as a subgraph would', () => {
  const fetch = virtualFetchOf(eventfulGeneration());

  expect(fetch('subscription S__events__0($id:ID!){visitChanged(visitId:$id){visit{__typename id}sequence}}', { id: '1' }, root)).toEqual({
    data: { visitChanged: { visit: { __typename: 'Visit', id: 'v1' }, sequence: 3 } },
    errors: [],
  });
  expect(fetch('{visitChanged{sequence}}', {}, undefined)).toMatchObject({ data: null, errors: [{}] });
});
