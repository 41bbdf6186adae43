import { crashPoint } from '@tally/kernel';
import { judge, type Failure, type Patience } from '../domain/delivery.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import type { Claimed, DeliveryQueue } from '../ports/delivery-queue.ts';
import { MailRefusedError, MailUnavailableError, type Mailer } from '../ports/mailer.ts';
import { inDeliverySpan, type NotificationsTelemetry } from '../telemetry.ts';

export interface DeliverMailsDeps {
  readonly queue: DeliveryQueue;
  readonly mailer: Mailer;
  readonly from: Mailbox;
  readonly patience: Patience;
  readonly leaseMs: number;
  readonly telemetry: NotificationsTelemetry;
  readonly random: () => number;
}

/** What came of one round. `serverAway`: nothing got through, and it was not the mails' fault. */
export interface Round {
  readonly claimed: number;
  readonly serverAway: boolean;
}

type End = 'TAKEN' | 'SERVER_AWAY' | 'OTHER';

/**
 * Delivers what is due, one round at a time. The attempt is committed before the server is called, and no transaction is open meanwhile: a worker that
 * dies between the server's answer and its record makes the next one send the mail again, under the same Message-ID.
 */
export function createDeliverMails(deps: DeliverMailsDeps) {
  const { queue, mailer, telemetry } = deps;

  async function deliver(delivery: Claimed): Promise<End> {
    const startedMs = performance.now();
    if (delivery.to === null) return fail(delivery, { kind: 'NO_ADDRESS', code: 'NO_ADDRESS' }, startedMs, 'OTHER');
    crashPoint('mail.send.before');
    try {
      const { messageId, to, subject, text, html } = delivery;
      await mailer.send({ messageId, from: deps.from, to, subject, text, html });
    } catch (error) {
      const [failure, end] = read(error);
      return fail(delivery, failure, startedMs, end);
    }
    crashPoint('mail.send.after');
    const written = await queue.sent(delivery);
    crashPoint('mail.send.recorded');
    if (written) telemetry.mailDelivered(delivery.id, (nowOf(delivery, startedMs).getTime() - delivery.createdAt.getTime()) / 1000);
    else telemetry.leaseLost(delivery.id);
    return 'TAKEN';
  }

  async function fail(delivery: Claimed, failure: Failure, startedMs: number, end: End): Promise<End> {
    const verdict = judge(delivery, failure, nowOf(delivery, startedMs), deps.random(), deps.patience);
    if (await queue.failed(delivery, verdict)) telemetry.mailFailed(delivery.id, failure, verdict.status);
    else telemetry.leaseLost(delivery.id);
    return end;
  }

  /** @throws a database error, once every mail of the round has ended; what could not be recorded is taken up after its lease. */
  return async function deliverMails(limit: number): Promise<Round> {
    const claimed = await queue.claim(limit, deps.leaseMs);
    if (claimed.length > 0) crashPoint('mail.claim.after');
    const results = await Promise.allSettled(
      claimed.map((delivery) => inDeliverySpan(delivery.trace, delivery.attempts, () => deliver(delivery))),
    );
    const ends = results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
    return { claimed: claimed.length, serverAway: ends.includes('SERVER_AWAY') && !ends.includes('TAKEN') };
  };
}

export type DeliverMails = ReturnType<typeof createDeliverMails>;

/** Database time, carried on by a clock that never jumps. */
const nowOf = ({ claimedAt }: Claimed, startedMs: number): Date => new Date(claimedAt.getTime() + (performance.now() - startedMs));

/** @throws what no mailer says: a bug. */
function read(error: unknown): [Failure, End] {
  if (error instanceof MailRefusedError) return [{ kind: 'REFUSED', code: error.code }, 'OTHER'];
  if (error instanceof MailUnavailableError)
    return [{ kind: 'UNAVAILABLE', code: error.code }, error.affects === 'SERVER' ? 'SERVER_AWAY' : 'OTHER'];
  throw error;
}
