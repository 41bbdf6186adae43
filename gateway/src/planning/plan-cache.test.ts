import type { QueryPlan } from '@apollo/query-planner';
import { expect, test } from 'vitest';
import { createPlanCache, type PlanLookup, type Unplanned } from './plan-cache.ts';

const plan: QueryPlan = { kind: 'QueryPlan' };
const question = (key: string, characters = 10): Unplanned => ({ key, characters });

function aCache(makePlan: (operation: Unplanned) => QueryPlan | Promise<QueryPlan>, entries = 10) {
  const lookups: PlanLookup[] = [];
  const cache = createPlanCache<Unplanned>({ bound: { entries, characters: 1_000 }, makePlan, lookedUp: (result) => lookups.push(result) });
  return { cache, lookups };
}

test('a stampede on one operation plans it once', async () => {
  const made: string[] = [];
  const { cache, lookups } = aCache(async ({ key }) => {
    made.push(key);
    await Promise.resolve();
    return plan;
  });

  const plans = await Promise.all(Array.from({ length: 50 }, () => cache.plan(question('a'))));

  expect(made).toEqual(['a']);
  expect(new Set(plans).size).toBe(1);
  expect(lookups.filter((result) => result === 'miss')).toHaveLength(1);
});

test('a failure reaches all who waited, and is tried anew', async () => {
  let attempt = 0;
  const { cache } = aCache(() => {
    attempt += 1;
    if (attempt === 1) throw new Error('no plan');
    return plan;
  });

  const first = await Promise.allSettled([cache.plan(question('a')), cache.plan(question('a'))]);

  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await cache.plan(question('a'))).toBe(plan);
  expect(attempt).toBe(2);
});

test('the least recently used plan makes room, by count and by size', async () => {
  const made: string[] = [];
  const { cache } = aCache(({ key }) => {
    made.push(key);
    return plan;
  }, 2);

  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.plan(question(key));
  await cache.plan(question('huge', 995));
  await cache.plan(question('b'));

  expect(made).toEqual(['a', 'b', 'c', 'b', 'huge', 'b']);
});
