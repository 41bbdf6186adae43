import { isId, prefixOf, type IdPrefix } from '@tally/kernel';

const typeOfPrefix = {
  prod: 'Product',
  var: 'ProductVariant',
  cat: 'Category',
  sell: 'Seller',
  cart: 'Cart',
  ord: 'Order',
  pay: 'Payment',
  usr: 'User',
  ntf: 'Notification',
} as const satisfies Partial<Record<IdPrefix, string>>;

/** A type that an id can name; its owner knows whether the thing exists. */
export type NodeType = (typeof typeOfPrefix)[keyof typeof typeOfPrefix];

const types: ReadonlyMap<string, NodeType> = new Map(Object.entries(typeOfPrefix));

/** Names of all types that `node` can answer with. */
export const nodeTypes: readonly NodeType[] = [...types.values()];

/** Most ids of one `nodes` call. */
export const maxNodeIds = 250;

/** The type an id names; `null` when ids of that kind have no node; `malformed` when it is no id in its one spelling. */
export function nodeTypeOf(id: string): NodeType | null | 'malformed' {
  const prefix = prefixOf(id);
  if (prefix === null || !isId(prefix as IdPrefix, id)) return 'malformed';
  return types.get(prefix) ?? null;
}
