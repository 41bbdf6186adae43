import type { NotificationReads } from '../ports/notification-reads.ts';
import { createKeepContact } from './keep-contact.ts';
import { createKeepOrder } from './keep-order.ts';
import { createMarkRead } from './mark-read.ts';
import { createResend } from './resend.ts';
import type { TellDeps } from './tell.ts';
import { createTellOrderChange } from './tell-order-change.ts';
import { createTellRefund } from './tell-refund.ts';
import { createTellStolenSession } from './tell-stolen-session.ts';
import { createViewNotifications } from './view-notifications.ts';

/** What the use cases need from the world. */
export interface Deps extends TellDeps {
  readonly reads: NotificationReads;
}

export type UseCases = ReturnType<typeof createUseCases>;

/** Everything this subgraph does, but the delivery, which only a worker does. */
export const createUseCases = (deps: Deps) => ({
  keepContact: createKeepContact(deps),
  keepOrder: createKeepOrder(deps),
  tellOrderChange: createTellOrderChange(deps),
  tellRefund: createTellRefund(deps),
  tellStolenSession: createTellStolenSession(deps),
  viewNotifications: createViewNotifications(deps.reads),
  markRead: createMarkRead(deps),
  resend: createResend(deps),
});
