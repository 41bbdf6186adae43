import type { QueryPlan } from '@apollo/query-planner';
import type { LRUCache } from 'lru-cache';
import { boundedBy, type Bound } from './bounded.ts';

/** A document that awaits its plan. */
export interface Unplanned {
  readonly key: string;
  /** Length of its text, which stands for the size of its plan. */
  readonly characters: number;
}

/** Plans by the keys of their operations, which differ between generations. */
export interface PlanCache<Operation extends Unplanned> {
  /** The plan of an operation; concurrent callers of one key share one promise, so a stampede plans once. A failure is not kept. */
  plan(operation: Operation): Promise<QueryPlan>;
}

/** What happened to a look-up: `hit` includes waiting for a plan under way. */
export type PlanLookup = 'hit' | 'miss';

export function createPlanCache<Operation extends Unplanned>(options: {
  readonly bound: Bound;
  readonly makePlan: (operation: Operation) => QueryPlan | Promise<QueryPlan>;
  readonly lookedUp: (result: PlanLookup) => void;
}): PlanCache<Operation> {
  const { bound, makePlan, lookedUp } = options;
  interface Entry {
    readonly plan: Promise<QueryPlan>;
    readonly characters: number;
  }
  const entries: LRUCache<string, Entry> = boundedBy<Entry>(bound, ({ characters }) => characters);
  return {
    plan(operation) {
      const known = entries.get(operation.key);
      lookedUp(known === undefined ? 'miss' : 'hit');
      if (known !== undefined) return known.plan;
      const plan = Promise.resolve().then(() => makePlan(operation));
      const entry = { plan, characters: operation.characters };
      entries.set(operation.key, entry);
      plan.catch(() => {
        if (entries.peek(operation.key) === entry) entries.delete(operation.key);
      });
      return plan;
    },
  };
}
