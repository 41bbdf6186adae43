import type { Outcome } from '@tally/kernel';
import { badInput } from '@tally/subgraph-kit';
import type { Account } from '../domain/account.ts';
import type { NodeType } from '../domain/nodes.ts';
import type { NamedNode } from '../use-cases/name-nodes.ts';
import type { Context } from './context.ts';

/** A reference to something that another subgraph owns, or an account of this one. */
export type NodeModel =
  { readonly __typename: Exclude<NodeType, 'User'>; readonly id: string } | (Account & { readonly __typename: 'User' });

async function toNode(named: Outcome<NamedNode | null, 'MALFORMED'>, { loaders }: Context): Promise<NodeModel | null> {
  if (!named.ok) throw badInput('This is no id.', 'id');
  if (named.value === null) return null;
  const { type, id } = named.value;
  if (type !== 'User') return { __typename: type, id };
  const account = await loaders.accounts.load(id);
  return account === null ? null : { ...account, __typename: 'User' };
}

export const node = (id: string, context: Context): Promise<NodeModel | null> => toNode(context.useCases.nameNode(id), context);

/** One promise per id, so that a malformed id costs its own place and no other. */
export function nodes(ids: readonly string[], context: Context): Promise<NodeModel>[] {
  const named = context.useCases.nameNodes(ids);
  if (!named.ok) throw badInput(`At most ${String(named.refusal.most)} ids at once.`, 'ids');
  // The generated type knows null and promises as members of a list, and forgets promises of null.
  return named.value.map((each) => toNode(each, context) as Promise<NodeModel>);
}
