import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { eventfulGeneration } from '../../test/streams-world.ts';
import { entityPaths, restOf, toEventPlan } from './event-plan.ts';
import { graphOperation, planOperation } from './operation.ts';

const planOf = (query: string) => planOperation(graphOperation(eventfulGeneration(), parse(query), null, query));
const restFor = (query: string) => {
  const rest = restOf(planOf(query));
  if (rest === null) throw new Error('no rest');
  return rest;
};

test('a subscription becomes the sequence that one event runs through', () => {
  const plan = planOf('subscription { visitChanged(visitId: 1) { sequence visit { id fee } } }');

  expect(plan.node).toMatchObject({ kind: 'Sequence', nodes: [{ kind: 'Fetch', serviceName: 'events' }, {}] });
});

test('an event that holds all that is selected has no rest', () => {
  expect(restOf(planOf('subscription { visitChanged(visitId: 1) { __typename sequence visit { id } place { hall } } }'))).toBeNull();
});

test('any other plan stays as it is', () => {
  const plan = planOf('{ books { id } }');

  expect(toEventPlan(plan)).toBe(plan);
  expect(restOf(planOf('{ books { id stars } }'))?.primary.serviceName).toBe('books');
});

test('what is to be fetched depends on the event and on the conditions', () => {
  const rest = restFor('subscription ($w: Boolean!) { v: visitChanged(visitId: 1) { visit @include(if: $w) { fee book { title } } } }');
  const event = { v: { visit: { __typename: 'Visit', id: '1' } } };

  expect([...entityPaths(rest, event, { w: true })]).toEqual(['v.visit']);
  expect([...entityPaths(rest, event, { w: false })]).toEqual([]);
  expect([...entityPaths(rest, { v: { visit: null } }, { w: true })]).toEqual([]);
  expect([...entityPaths(rest, null, { w: true })]).toEqual([]);
});
