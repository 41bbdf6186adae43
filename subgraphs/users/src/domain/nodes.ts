import { isId, prefixOf, type IdPrefix } from '@tally/kernel';

/** Which type an id names; the owner of that type knows whether it exists. */
const typeOfPrefix = {
  prod: 'Product',
  var: 'ProductVariant',
  cat: 'Category',
  sell: 'Seller',
  cart: 'Cart',
  ord: 'Order',
  pay: 'Payment',
  usr: 'User',
} as const satisfies Partial<Record<IdPrefix, string>>;

export type NodeType = (typeof typeOfPrefix)[keyof typeof typeOfPrefix];

/** Names of all types that `node` can answer with. */
export const nodeTypes: readonly NodeType[] = Object.values(typeOfPrefix);

/** Most ids of one `nodes` call. */
export const maxNodeIds = 250;

/** The type an id names; `null` when ids of that kind have no node; `malformed` when it is no id in its one spelling. */
export function nodeTypeOf(id: string): NodeType | null | 'malformed' {
  const prefix = prefixOf(id);
  if (prefix === null || !isId(prefix as IdPrefix, id)) return 'malformed';
  return prefix in typeOfPrefix ? typeOfPrefix[prefix as keyof typeof typeOfPrefix] : null;
}
