import { unreachable } from '@tally/kernel';
import { cleanFacts, cleanShop, greeting } from './clean-facts.ts';
import { htmlLayout } from './html-layout.ts';
import type { Letter } from './letter.ts';
import { localFormat, type LocalFormat } from './local-format.ts';
import type { Addressee, Mail, MailFacts, Shop } from './mail.ts';
import { oneLine } from './one-line.ts';
import { orderConfirmed } from './order-confirmed.ts';
import { orderDelivered } from './order-delivered.ts';
import { orderShipped } from './order-shipped.ts';
import { paymentFailed } from './payment-failed.ts';
import { refunded } from './refunded.ts';
import { securityNotice } from './security-notice.ts';
import { textLayout } from './text-layout.ts';

const longestSubject = 250;

/** A mail in plain text and HTML. Texts from outside appear as they are written, and are markup, template or header nowhere. */
export function renderMail(facts: MailFacts, to: Addressee, from: Shop): Mail {
  const shop = cleanShop(from);
  const letter = write(cleanFacts(facts), shop, localFormat(to.locale));
  const addressed = { ...letter, subject: oneLine(letter.subject, longestSubject) };
  return {
    subject: addressed.subject,
    text: textLayout(addressed, greeting(to), shop),
    html: htmlLayout(addressed, greeting(to), shop).source,
  };
}

function write(facts: MailFacts, shop: Shop, format: LocalFormat): Letter {
  switch (facts.template) {
    case 'ORDER_CONFIRMED':
      return orderConfirmed(facts, shop, format);
    case 'PAYMENT_FAILED':
      return paymentFailed(facts, shop, format);
    case 'ORDER_SHIPPED':
      return orderShipped(facts, shop, format);
    case 'ORDER_DELIVERED':
      return orderDelivered(facts, shop, format);
    case 'REFUNDED':
      return refunded(facts, shop, format);
    case 'SECURITY_NOTICE':
      return securityNotice(facts, shop, format);
    default:
      return unreachable(facts);
  }
}
