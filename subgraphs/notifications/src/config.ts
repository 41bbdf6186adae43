import type { Environment } from '@tally/runtime';
import { readSubgraphConfig, type SubgraphConfig } from '@tally/subgraph-kit';
import { z } from 'zod';
import { parseMailbox, type Mailbox } from './domain/mailbox.ts';

/** How mails are delivered. Times in milliseconds. */
export interface DeliveryConfig {
  /** Mails at once. */
  readonly concurrency: number;
  /** From the first byte to the server's answer; at most half of `leaseMs`. */
  readonly sendTimeoutMs: number;
  /** How long a claim holds, in database time. */
  readonly leaseMs: number;
  /** How often the worker looks without being woken. */
  readonly pollMs: number;
  /** The first pause after a failure, doubled with each further one. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** A mail that did not get through for this long is given up. */
  readonly giveUpMs: number;
}

export interface NotificationsConfig extends SubgraphConfig {
  /** `null`: there is no mail server, mails are kept and read through the API. */
  readonly smtpUrl: string | null;
  readonly mailFrom: Mailbox;
  /** Where the links of mails lead; without a slash at its end. */
  readonly shopUrl: string;
  readonly delivery: DeliveryConfig;
  /** No other process works on this database: what a killed one held is taken over at the start, without waiting for its lease. */
  readonly soleWorker: boolean;
}

const hourMs = 3_600_000;

/** What notifications has besides the settings of every subgraph, with the standard of each. */
export const notificationsStandards: Pick<NotificationsConfig, 'smtpUrl' | 'mailFrom' | 'shopUrl' | 'delivery' | 'soleWorker'> = {
  smtpUrl: null,
  mailFrom: { name: 'Tally', address: 'shop@tally.invalid' },
  shopUrl: 'http://127.0.0.1:4000',
  delivery: {
    concurrency: 4,
    sendTimeoutMs: 15_000,
    leaseMs: 30_000,
    pollMs: 1_000,
    firstPauseMs: 1_000,
    longestPauseMs: 60_000,
    giveUpMs: 24 * hourMs,
  },
  soleWorker: false,
};

/** @throws {StartupError} names every setting that is missing or wrong. */
export function readNotificationsConfig(environment: Environment): NotificationsConfig {
  const { delivery, ...standards } = notificationsStandards;
  const { base, own } = readSubgraphConfig('notifications', { port: 4005, metricsPort: 9405 }, environment, {
    SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
    MAIL_FROM: z.string().transform(mailboxOf).default(standards.mailFrom),
    SHOP_URL: z.url({ protocol: /^https?$/ }).default(standards.shopUrl),
    MAIL_CONCURRENCY: z.coerce.number().int().min(1).max(50).default(delivery.concurrency),
    MAIL_GIVE_UP_HOURS: z.coerce
      .number()
      .positive()
      .max(7 * 24)
      .default(delivery.giveUpMs / hourMs),
  });
  return {
    ...base,
    ...standards,
    smtpUrl: own.SMTP_URL ?? null,
    mailFrom: own.MAIL_FROM,
    shopUrl: own.SHOP_URL.replace(/\/+$/, ''),
    delivery: { ...delivery, concurrency: own.MAIL_CONCURRENCY, giveUpMs: Math.round(own.MAIL_GIVE_UP_HOURS * hourMs) },
  };
}

function mailboxOf(text: string, problems: z.RefinementCtx): Mailbox {
  const mailbox = parseMailbox(text);
  if (mailbox !== null) return mailbox;
  problems.addIssue({ code: 'custom', message: 'an address, or: Name <address>' });
  return z.NEVER;
}
