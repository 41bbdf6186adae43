import type { Id, Money } from '@tally/kernel';

export type MailTemplate = 'ORDER_CONFIRMED' | 'PAYMENT_FAILED' | 'ORDER_SHIPPED' | 'ORDER_DELIVERED' | 'REFUNDED' | 'SECURITY_NOTICE';

export interface MailLine {
  readonly title: string;
  readonly sku: string;
  readonly quantity: number;
  readonly lineTotal: Money;
}

/** What a mail says about an order. Lines and total are in one currency. */
export interface MailOrder {
  readonly id: Id<'ord'>;
  readonly number: string;
  readonly total: Money;
  readonly lines: readonly MailLine[];
}

export interface OrderFacts {
  readonly template: 'ORDER_CONFIRMED' | 'PAYMENT_FAILED' | 'ORDER_SHIPPED' | 'ORDER_DELIVERED';
  readonly order: MailOrder;
  /** A sentence for the buyer; for PAYMENT_FAILED the reason. */
  readonly note: string | null;
  /** ORDER_SHIPPED alone: some of the lines stay behind for now. */
  readonly partial?: boolean;
}

export interface RefundFacts {
  readonly template: 'REFUNDED';
  readonly order: MailOrder;
  readonly refunded: Money;
}

export interface SecurityFacts {
  readonly template: 'SECURITY_NOTICE';
  /** When the session was ended. */
  readonly at: Date;
}

export type MailFacts = OrderFacts | RefundFacts | SecurityFacts;

export interface Addressee {
  readonly displayName: string | null;
  /** BCP 47; decides how amounts and dates are written. The words are English. */
  readonly locale: string;
}

export interface Shop {
  readonly name: string;
  /** Absolute, http or https: every link of a mail starts with it. */
  readonly url: string;
}

/** `text` says everything `html` says. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
