import { apiChanges } from './api-changes.ts';
import type { Change } from './change.ts';
import { federatedChanges } from './federated-changes.ts';
import type { Graph } from './graph.ts';

/** Every difference between two graphs that clients or their operators may notice, those that break first. */
export async function changesBetween(before: Graph, after: Graph): Promise<readonly Change[]> {
  const seen = (await apiChanges(before.api, after.api)).map((change) => hidden(change, after));
  const behind =
    before.federated === null || after.federated === null
      ? []
      : federatedChanges({ api: before.api, federated: before.federated }, { api: after.api, federated: after.federated });
  const order = ['breaking', 'dangerous', 'safe'];
  return [...seen, ...behind].sort(
    (one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict) || one.coordinate.localeCompare(other.coordinate),
  );
}

// For clients hidden is removed; whoever reads the report looks for what is still there.
function hidden(change: Change, { federated }: Graph): Change {
  if (!change.kind.endsWith('_REMOVED') || change.verdict !== 'breaking') return change;
  if (change.kind === 'UNION_MEMBER_REMOVED' || change.kind === 'OBJECT_TYPE_INTERFACE_REMOVED') return change;
  return federated?.declared.has(change.coordinate) === true
    ? { ...change, what: change.what.replace(/^removed/, 'hid (@inaccessible)') }
    : change;
}
