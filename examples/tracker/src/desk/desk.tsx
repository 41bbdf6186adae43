import { Fault } from '../look/refusals.tsx';
import { demoStaff } from '../session/demo-accounts.ts';
import { DeskOrderView } from './desk-order.tsx';
import { useDesk } from './use-desk.ts';

/** The other side of the shop, for demonstrations: ships and delivers the order one looks at. */
export function Desk({ orderId, lastStep }: { readonly orderId: string; readonly lastStep: number }) {
  const { client, busy, fault, open } = useDesk();
  return (
    <section className="desk" aria-label="Staff desk">
      <h2>Staff desk</h2>
      <p className="soft">
        Not part of the shop: moves this order as the warehouse would, past this page. The steps above only know what they are told.
      </p>
      {client === null ? (
        <button type="button" disabled={busy} onClick={() => void open()}>
          {busy ? 'Opening …' : `Open the desk as ${demoStaff.name}`}
        </button>
      ) : (
        <DeskOrderView client={client} orderId={orderId} lastStep={lastStep} />
      )}
      {fault === null ? null : <Fault text={fault} />}
    </section>
  );
}
