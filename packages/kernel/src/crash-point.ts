/**
 * Every place where a process can be made to die, `area.step.edge`. The registry is the list that the crash suites enumerate: a step that talks
 * to the outside has a point before and after the call, a transaction one after its commit, a relay one between append and mark.
 */
export const crashPoints = [
  'checkout.commit.before',
  'checkout.commit.after',
  'relay.append.before',
  'relay.append.after',
  'relay.mark.after',
  'log.position.before',
  'log.position.after',
  'event.park.after',
  'event.redrive.after',
  'reserve-stock.commit.before',
  'reserve-stock.commit.after',
  'commit-stock.commit.after',
  'release-stock.commit.after',
  'stock.adjust.after',
  'saga.advance.before',
  'saga.advance.after',
  'saga.sweep.after',
  'order.cancel.after',
  'shipment.create.after',
  'shipment.update.after',
  'payment.command.after',
  'payment.claim.after',
  'provider.authorise.before',
  'provider.authorise.after',
  'provider.authorise.recorded',
  'provider.capture.before',
  'provider.capture.after',
  'provider.capture.recorded',
  'provider.void.before',
  'provider.void.after',
  'provider.void.recorded',
  'provider.refund.before',
  'provider.refund.after',
  'provider.refund.recorded',
  'provider.enquire.before',
  'provider.enquire.after',
  'provider.enquire.recorded',
  'session.open.after',
  'session.refresh.after',
  'price.keep.after',
  'contact.keep.after',
  'notification.commit.after',
  'mail.claim.after',
  'mail.send.before',
  'mail.send.after',
  'mail.send.recorded',
  'job.reconcile-orders.batch',
  'job.sync-inventory.batch',
  'job.expire-carts.batch',
  'job.clean-outbox.batch',
] as const;

/** The name of a registered crash point. */
export type CrashPoint = (typeof crashPoints)[number];

/** Whether the text names a registered crash point. */
export const isCrashPoint = (text: string): text is CrashPoint => (crashPoints as readonly string[]).includes(text);

let reached: ((point: CrashPoint) => void) | undefined;

/** A place where the process may be made to die. Does nothing unless a crash suite armed this process; never in production mode. */
export function crashPoint(point: CrashPoint): void {
  reached?.(point);
}

/**
 * Installs what happens at a crash point: called once, at start, by the process that was armed through its environment, or by a simulation for as long
 * as one of its histories runs. Disposal installs again what was there before.
 */
export function onCrashPoint(act: (point: CrashPoint) => void): Disposable {
  const before = reached;
  reached = act;
  return {
    [Symbol.dispose]() {
      reached = before;
    },
  };
}
