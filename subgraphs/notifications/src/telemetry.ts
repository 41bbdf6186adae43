import { metrics, trace, type ObservableCallback } from '@opentelemetry/api';
import type { Id } from '@tally/kernel';
import { inCarriedSpan, type Carried } from '@tally/messaging';
import type { Logger } from '@tally/runtime';
import type { Failure, Verdict } from './domain/delivery.ts';
import type { MailTemplate } from './domain/mails/mail.ts';

export { carriedTrace } from '@tally/messaging';

/** Runs one delivery as part of the trace of what it tells. */
export const inDeliverySpan = <T>(carried: Carried, attempts: number, work: () => Promise<T>): Promise<T> =>
  inCarriedSpan(trace.getTracer('tally.notifications'), 'deliver mail', carried, { 'mail.attempts': attempts }, work);

/** The business events of notifications: counter, span event and log line in one call. No addresses, names or texts. */
export interface NotificationsTelemetry {
  notificationCreated(template: MailTemplate, id: Id<'ntf'>): void;
  notificationsRead(count: number): void;
  contactKept(newer: boolean): void;
  /** @param seconds since it was created. */
  mailDelivered(id: Id<'ntf'>, seconds: number): void;
  mailFailed(id: Id<'ntf'>, failure: Failure, becomes: Verdict['status']): void;
  mailsResent(count: number): void;
  leaseLost(id: Id<'ntf'>): void;
  /** The worker sends nothing for a moment. */
  serverAway(pauseMs: number): void;
  /** Shows the age of the oldest mail on its way at each collection; nothing while it cannot be read. Disposal ends that. */
  watchBacklog(oldestSeconds: () => Promise<number>): Disposable;
}

/** Buckets in seconds: from the usual moment to a day of trying. */
const deliverySeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

/** Called once the process's telemetry runs: instruments of the API stay what they were when they were made. */
export function createNotificationsTelemetry(logger: Logger): NotificationsTelemetry {
  const meter = metrics.getMeter('tally.notifications');
  const created = meter.createCounter('notifications_created_total', { description: 'notifications created, by template' });
  const read = meter.createCounter('notifications_read_total', { description: 'notifications marked as read' });
  const contacts = meter.createCounter('contact_replica_records_total', { description: 'records about users, by whether they were newer' });
  const delivered = meter.createHistogram('mail_delivery_seconds', {
    unit: 's',
    description: 'from the notification to the mail server',
    advice: { explicitBucketBoundaries: deliverySeconds },
  });
  const failed = meter.createCounter('mail_failures_total', { description: 'deliveries that did not get through, by kind' });
  const dead = meter.createCounter('mail_dead_total', { description: 'mails given up, by kind' });
  const resent = meter.createCounter('mail_resends_total', { description: 'mails brought back after they were given up' });
  const lost = meter.createCounter('mail_leases_lost_total', { description: 'results refused because somebody else took over' });
  const pauses = meter.createCounter('mail_pauses_total', { description: 'pauses because the mail server took nothing' });
  const backlog = meter.createObservableGauge('mail_oldest_undelivered_seconds', {
    unit: 's',
    description: 'age of the oldest mail on its way',
  });
  return {
    notificationCreated(template, id) {
      created.add(1, { template });
      trace.getActiveSpan()?.addEvent('notification created', { template });
      logger.debug({ template, notificationId: id }, 'notification created');
    },
    notificationsRead(count) {
      if (count > 0) read.add(count);
    },
    contactKept(newer) {
      contacts.add(1, { newer });
    },
    mailDelivered(id, seconds) {
      delivered.record(seconds);
      trace.getActiveSpan()?.addEvent('mail delivered');
      logger.info({ notificationId: id, seconds }, 'mail delivered');
    },
    mailFailed(id, { kind, code }, becomes) {
      failed.add(1, { kind });
      trace.getActiveSpan()?.addEvent('mail failed', { kind, code });
      if (becomes === 'DEAD') dead.add(1, { kind });
      logger[becomes === 'DEAD' ? 'error' : 'warn']({ notificationId: id, kind, code, becomes }, 'mail did not get through');
    },
    mailsResent(count) {
      if (count === 0) return;
      resent.add(count);
      logger.info({ count }, 'mails brought back');
    },
    leaseLost(id) {
      lost.add(1);
      logger.warn({ notificationId: id }, 'lease lost: somebody else took over');
    },
    serverAway(pauseMs) {
      pauses.add(1);
      logger.warn({ pauseMs }, 'the mail server takes nothing: sending pauses');
    },
    watchBacklog(oldestSeconds) {
      const observe: ObservableCallback = async (result) => {
        const seconds = await oldestSeconds().catch(() => null);
        if (seconds !== null) result.observe(seconds);
      };
      backlog.addCallback(observe);
      return { [Symbol.dispose]: () => backlog.removeCallback(observe) };
    },
  };
}
