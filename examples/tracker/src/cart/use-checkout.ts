import { useMutation } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { faultOf } from '../graph/faults.ts';
import type { Refusal } from '../graph/refusal.ts';
import { addPaymentMethod, checkout, type CheckoutInput } from './checkout-documents.ts';
import { freshKey } from './fresh-key.ts';

/** What is bought; who pays and the key are added. */
export type Wish = Omit<CheckoutInput, 'paymentMethodId' | 'idempotencyKey'> & { readonly cardToken: string };

export interface Checkout {
  readonly busy: boolean;
  readonly refusals: readonly Refusal[];
  /** Nobody knows whether it was done. Sending the same wish again is safe. */
  readonly fault: string | null;
  /** @returns id of the order, or `null` when none was placed. */
  place(wish: Wish): Promise<string | null>;
}

export function useCheckout(): Checkout {
  const [add] = useMutation(addPaymentMethod);
  const [send] = useMutation(checkout);
  const [state, setState] = useState<Omit<Checkout, 'place'>>({ busy: false, refusals: [], fault: null });
  const intent = useRef({ wish: '', key: '' });

  async function place({ cardToken, ...bought }: Wish): Promise<string | null> {
    const wish = JSON.stringify([cardToken, bought]);
    if (intent.current.wish !== wish) intent.current = { wish, key: freshKey() };
    setState({ busy: true, refusals: [], fault: null });
    try {
      const added = await add({ variables: { input: { provider: 'simulator', token: cardToken, makeDefault: false } } });
      const { paymentMethod, userErrors = [] } = added.data?.paymentMethodAdd ?? {};
      if (paymentMethod == null) return refuse(userErrors);
      const input = { ...bought, paymentMethodId: paymentMethod.id, idempotencyKey: intent.current.key };
      const placed = (await send({ variables: { input } })).data?.checkout;
      // Refused or done: the next press is another intent. While it is under way it is the same one.
      if (!placed?.userErrors.some(({ code }) => code === 'IDEMPOTENCY_IN_PROGRESS')) intent.current = { wish: '', key: '' };
      if (placed?.order == null) return refuse(placed?.userErrors ?? []);
      setState({ busy: false, refusals: [], fault: null });
      return placed.order.id;
    } catch (error) {
      setState({ busy: false, refusals: [], fault: faultOf(error) });
      return null;
    }
  }

  function refuse(refusals: readonly Refusal[]): null {
    setState({ busy: false, refusals, fault: null });
    return null;
  }

  return { ...state, place };
}
