import { skipToken, useMutation, useQuery } from '@apollo/client/react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useSignedIn } from '../frame/shopfront.tsx';
import { faultOf } from '../graph/faults.ts';
import { quietly } from '../graph/quietly.ts';
import type { Refusal } from '../graph/refusal.ts';
import { addLines, claimCart, guestCart, myCart, setLines, type CartContents } from './documents.ts';
import { guestCartId } from './guest-cart.ts';

/** The cart of whoever looks at the page, signed in or not. */
export interface Cart {
  /** `null`: there is none yet. */
  readonly contents: CartContents | null;
  readonly loading: boolean;
  /** Of all lines together. */
  readonly count: number;
  /** Variants whose change has not been answered. */
  readonly changing: ReadonlySet<string>;
  readonly refusals: readonly Refusal[];
  readonly fault: string | null;
  add(variantId: string): Promise<void>;
  /** 0 removes the line. */
  set(variantId: string, quantity: number): Promise<void>;
  refresh(): void;
}

export function useCart(): Cart {
  const signedIn = useSignedIn() !== null;
  const guestId = useSyncExternalStore(guestCartId.subscribe, guestCartId.read);
  const mine = useQuery(myCart, signedIn ? { fetchPolicy: 'cache-and-network' } : skipToken);
  const guests = useQuery(
    guestCart,
    signedIn || guestId === null ? skipToken : { variables: { id: guestId }, fetchPolicy: 'cache-and-network' },
  );
  const [add] = useMutation(addLines);
  const [set] = useMutation(setLines);
  const [claim] = useMutation(claimCart);
  const [changing, setChanging] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<{ readonly refusals: readonly Refusal[]; readonly fault: string | null }>(nothing);

  useEffect(() => {
    if (!signedIn || guestId === null) return;
    guestCartId.write(null);
    quietly(claim({ variables: { cartId: guestId }, refetchQueries: [myCart] })); // an old cart may be gone
  }, [signedIn, guestId, claim]);

  const contents = signedIn ? (mine.data?.me?.cart ?? null) : guestId === null ? null : (guests.data?.cart ?? null);
  const cartId = signedIn || guestId === null ? {} : { cartId: guestId };

  async function change(send: typeof add, variantId: string, quantity: number): Promise<void> {
    setChanging((before) => new Set([...before, variantId]));
    setRefused(nothing);
    try {
      const input = { ...cartId, lines: [{ variantId, quantity }] };
      const { data } = await send({ variables: { input }, ...(signedIn && contents === null ? { refetchQueries: [myCart] } : {}) });
      if (data === undefined) return;
      const { cart, userErrors } = data.changed;
      if (cart !== null && !signedIn) guestCartId.write(cart.id);
      setRefused({ refusals: userErrors, fault: null });
    } catch (error) {
      setRefused({ refusals: [], fault: faultOf(error) });
    } finally {
      setChanging((before) => new Set([...before].filter((id) => id !== variantId)));
    }
  }

  return {
    contents,
    loading: (signedIn ? mine : guests).loading && contents === null,
    count: contents?.lines.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0,
    changing,
    ...refused,
    add: (variantId) => change(add, variantId, 1),
    set: (variantId, quantity) => change(set, variantId, quantity),
    refresh: () => quietly((signedIn ? mine : guests).refetch()),
  };
}

const nothing = { refusals: [], fault: null } as const;
