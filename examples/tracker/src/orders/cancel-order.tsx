import { useMutation } from '@apollo/client/react';
import { useRef } from 'react';
import { freshKey } from '../cart/fresh-key.ts';
import { faultOf } from '../graph/faults.ts';
import { quietly } from '../graph/quietly.ts';
import { Fault, Refusals } from '../look/refusals.tsx';
import { cancelOrder, type OrderNow } from './documents.ts';

/** Asks to cancel. Whether it worked is told by the timeline. */
export function CancelOrder({ order: { id, allowedActions } }: { readonly order: OrderNow }) {
  const [cancel, { data, error, loading }] = useMutation(cancelOrder);
  const key = useRef<string>(null);
  const refusals = data?.orderCancel.userErrors ?? [];

  function press(): void {
    key.current ??= freshKey();
    quietly(cancel({ variables: { input: { orderId: id, reason: 'CUSTOMER', idempotencyKey: key.current } } }));
  }

  return (
    <div className="cancel">
      {allowedActions.includes('CANCEL') ? (
        <button type="button" className="quiet" disabled={loading} onClick={press}>
          {loading ? 'Asking …' : 'Cancel this order'}
        </button>
      ) : null}
      <Refusals refusals={refusals} title="It cannot be cancelled any more." />
      {error === undefined ? null : <Fault text={faultOf(error)} />}
    </div>
  );
}
