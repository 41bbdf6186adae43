import { crashPoint, newId, type Id } from '@tally/kernel';
import { messageIdOf, type Mailbox } from '../domain/mailbox.ts';
import type { MailFacts, MailTemplate, Shop } from '../domain/mails/mail.ts';
import { renderMail } from '../domain/mails/render-mail.ts';
import { notificationCreated } from '../domain/messages.ts';
import type { NotificationsUnit, Transact } from '../ports/unit.ts';
import { carriedTrace, type NotificationsTelemetry } from '../telemetry.ts';

export interface TellDeps {
  readonly transact: Transact;
  readonly telemetry: NotificationsTelemetry;
  readonly from: Mailbox;
  readonly shop: Shop;
  /** After that many milliseconds a delivery that fails is the last. */
  readonly giveUpMs: number;
  /** Rings for the workers of this subgraph. */
  readonly mailsDue: () => void;
}

/** What somebody is to be told. */
export interface Occasion {
  readonly userId: Id<'usr'>;
  readonly orderId: Id<'ord'> | null;
  readonly facts: MailFacts;
}

/** The order of an event is not known here. Whether waiting helps is the caller's to say. */
export class UnknownOrderError extends Error {
  override readonly name = 'UnknownOrderError';

  constructor(orderId: Id<'ord'>) {
    super(`orders has not told of ${orderId}`);
  }
}

/**
 * Tells somebody something, once per event: inbox row, the rendered notification, the number in the user's stream and the event are one transaction.
 *
 * @param occasionOf reads what the mail needs, in the same transaction. What it throws leaves nothing behind, not even the inbox row.
 */
export async function tell(deps: TellDeps, eventId: Id<'evt'>, occasionOf: (unit: NotificationsUnit) => Promise<Occasion>): Promise<void> {
  const told = await deps.transact(async (unit) =>
    (await unit.inbox.firstSight(eventId)) ? queue(deps, unit, eventId, await occasionOf(unit)) : null,
  );
  crashPoint('notification.commit.after');
  if (told === null) return;
  deps.telemetry.notificationCreated(told.template, told.id);
  deps.mailsDue();
}

async function queue(
  { from, shop, giveUpMs }: TellDeps,
  { contacts, notifications, outbox }: NotificationsUnit,
  eventId: Id<'evt'>,
  { userId, orderId, facts }: Occasion,
): Promise<{ readonly id: Id<'ntf'>; readonly template: MailTemplate } | null> {
  const contact = await contacts.of(userId);
  const mail = renderMail(facts, { displayName: contact?.displayName ?? null, locale: contact?.locale ?? 'en' }, shop);
  const id = newId('ntf');
  const notification = { id, userId, orderId, channel: 'EMAIL', template: facts.template } as const;
  const sequence = await notifications.add(
    { ...notification, ...mail, eventId, messageId: messageIdOf(id, from), trace: carriedTrace() },
    giveUpMs,
  );
  if (sequence === null) return null;
  await outbox.append(notificationCreated(notification, sequence));
  return { id, template: facts.template };
}
