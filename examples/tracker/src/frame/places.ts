/** What the left pane shows. */
export type LeftPlace = { readonly kind: 'shop' } | { readonly kind: 'cart' };
/** What the right pane shows. */
export type RightPlace = { readonly kind: 'orders' } | { readonly kind: 'order'; readonly id: string } | { readonly kind: 'messages' };

/** Where one is. A wide window shows both panes, a phone the front one. */
export interface Places {
  readonly front: 'left' | 'right';
  readonly left: LeftPlace;
  readonly right: RightPlace;
}

export const start: Places = { front: 'left', left: { kind: 'shop' }, right: { kind: 'orders' } };

/** The address of a place, for links: `#/orders/ord_…` also stands in mails. */
export function hrefOf(place: LeftPlace | RightPlace): string {
  switch (place.kind) {
    case 'shop':
      return '#/';
    case 'order':
      return `#/orders/${encodeURIComponent(place.id)}`;
    default:
      return `#/${place.kind}`;
  }
}

/** Goes where an address says; the other pane stays as it is. An address that names nothing is the shop. */
export function goTo(places: Places, hash: string): Places {
  const [first, second] = hash.replace(/^#?\/?/, '').split('/');
  if (first === 'cart') return { ...places, front: 'left', left: { kind: 'cart' } };
  if (first === 'messages') return { ...places, front: 'right', right: { kind: 'messages' } };
  if (first === 'orders')
    return {
      ...places,
      front: 'right',
      right: second === undefined || second === '' ? { kind: 'orders' } : { kind: 'order', id: decoded(second) },
    };
  return { ...places, front: 'left', left: { kind: 'shop' } };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
