import { badInput } from '@tally/subgraph-kit';
import type { Account } from '../domain/account.ts';
import { maxNodeIds, nodeTypeOf, type NodeType } from '../domain/nodes.ts';
import type { Context } from './context.ts';
import { visibleAccount } from './visibility.ts';

/** A reference to something that another subgraph owns, or an account of this one. */
export type NodeModel = { readonly __typename: Exclude<NodeType, 'User'>; readonly id: string } | (Account & { readonly __typename: 'User' });

async function toNode(id: string, context: Context): Promise<NodeModel | null> {
  const type = nodeTypeOf(id);
  if (type === 'malformed') throw badInput('This is no id.', 'id');
  if (type === null) return null;
  if (type !== 'User') return { __typename: type, id };
  const account = await visibleAccount(id, context);
  return account === null ? null : { ...account, __typename: 'User' };
}

export const node = (id: string, context: Context): Promise<NodeModel | null> => toNode(id, context);

export function nodes(ids: readonly string[], context: Context): Promise<(NodeModel | null)[]> {
  if (ids.length > maxNodeIds) throw badInput(`At most ${String(maxNodeIds)} ids at once.`, 'ids');
  return Promise.all(ids.map((id) => toNode(id, context)));
}
