import { skipToken, useQuery } from '@apollo/client/react';
import { useEffect, useRef } from 'react';
import { faultOf } from '../graph/faults.ts';
import { quietly } from '../graph/quietly.ts';
import type { Money } from '../look/money.ts';
import { useSettled } from '../shop/use-settled.ts';
import { quoteCart, type Address } from './checkout-documents.ts';

/** What a cart would cost at an address. */
export interface Quote {
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly total: Money;
}

const typingPauseMs = 300;

/** @param cart `null`: nothing is quoted. Its version tells when to ask again. */
export function useQuote(
  cart: { readonly cartId: string; readonly version: number } | null,
  address: Address,
): { readonly quote: Quote | null; readonly fault: string | null; readonly refresh: () => void } {
  const shippingAddress = useSettled(address, typingPauseMs);
  const isComplete = shippingAddress.line1 !== '' && shippingAddress.city !== '' && shippingAddress.country.length === 2;
  const isAsked = cart !== null && isComplete;
  const { data, previousData, error, refetch } = useQuery(
    quoteCart,
    !isAsked ? skipToken : { variables: { cartId: cart.cartId, shippingAddress }, fetchPolicy: 'network-only' },
  );
  const version = cart?.version;
  const quoted = useRef(version);

  useEffect(() => {
    if (quoted.current === version) return;
    quoted.current = version;
    if (isAsked) quietly(refetch());
  }, [version, isAsked, refetch]);

  return {
    quote: (data ?? previousData)?.cartQuote ?? null,
    fault: error === undefined ? null : faultOf(error),
    refresh() {
      if (isAsked) quietly(refetch());
    },
  };
}
