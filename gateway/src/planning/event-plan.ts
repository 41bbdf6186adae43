import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';

/**
 * The plan of one event: Apollo's planner answers a subscription with `Subscription { primary, rest? }`, which its executor refuses to run. `primary`
 * fetches the event from the virtual subgraph, `rest` what the event does not hold. Any other plan stays as it is.
 */
export function toEventPlan(plan: QueryPlan): QueryPlan {
  if (plan.node?.kind !== 'Subscription') return plan;
  const { primary, rest } = plan.node;
  return { ...plan, node: { kind: 'Sequence', nodes: rest === undefined ? [primary] : [primary, rest] } };
}

/** What an event does not hold itself: the fetch that takes the event apart, and those that build on it. */
export interface Rest {
  readonly primary: FetchNode;
  readonly node: PlanNode;
}

/** What the plan of one event fetches besides the event itself; `null`: nothing. */
export function restOf({ node }: QueryPlan): Rest | null {
  const [primary, rest] = node?.kind === 'Sequence' ? node.nodes : [];
  return primary?.kind === 'Fetch' && rest !== undefined ? { primary, node: rest } : null;
}

/**
 * Where in an event the entities stand that `rest` asks about, as paths of response names. Empty: nothing is to be fetched for this event.
 *
 * @param event what `primary` gave. @param variables coerced, defaults applied.
 */
export function entityPaths({ node: rest }: Rest, event: unknown, variables: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const paths = new Set<string>();
  const visit = (node: PlanNode): void => {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel':
        for (const one of node.nodes) visit(one);
        return;
      case 'Condition': {
        const branch = variables[node.condition] === true ? node.ifClause : node.elseClause;
        if (branch !== undefined) visit(branch);
        return;
      }
      // A path that the event does not reach begins in what another fetch answers, and that fetch is listed itself.
      case 'Flatten':
        if (reaches(event, node.path.map(String))) paths.add(pathName(node.path));
        return;
      case 'Fetch':
      case 'Defer':
        throw new TypeError(`the rest of an event's plan has a ${node.kind} of its own`);
    }
  };
  visit(rest);
  return paths;
}

/** A path without its positions in lists. */
export const pathName = (path: readonly (string | number)[]): string =>
  path.filter((part) => typeof part === 'string' && part !== '@').join('.');

function reaches(value: unknown, [head, ...below]: readonly string[]): boolean {
  if (head === undefined) return value !== null && value !== undefined;
  if (Array.isArray(value)) return value.some((item) => reaches(item, head === '@' ? below : [head, ...below]));
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, head) &&
    reaches((value as Readonly<Record<string, unknown>>)[head], below)
  );
}
