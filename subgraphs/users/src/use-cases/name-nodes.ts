import { ok, refuse, type Outcome } from '@tally/kernel';
import { maxNodeIds, nodeTypeOf, type NodeType } from '../domain/nodes.ts';

/** What an id names, by its prefix alone. */
export interface NamedNode {
  readonly type: NodeType;
  readonly id: string;
}

/** Names what an id stands for without asking its owner. `null`: ids of that kind have no node. */
export const createNameNode =
  () =>
  (id: string): Outcome<NamedNode | null, 'MALFORMED'> => {
    const type = nodeTypeOf(id);
    if (type === 'malformed') return refuse('MALFORMED');
    return ok(type === null ? null : { type, id });
  };

/** As `nameNode` for up to 250 ids, each for itself, in their order. */
export function createNameNodes() {
  const nameNode = createNameNode();
  return (ids: readonly string[]): Outcome<readonly ReturnType<typeof nameNode>[], { readonly most: number }> =>
    ids.length > maxNodeIds ? refuse({ most: maxNodeIds }) : ok(ids.map(nameNode));
}
