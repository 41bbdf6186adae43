import type { Addressee, MailFacts, MailOrder, Shop } from './mail.ts';
import { oneLine } from './one-line.ts';

const longestTitle = 500;
const longestWord = 100;

/** Something a mail client would turn into a link: whoever opens an account could make us deliver it to strangers. */
const looksLikeAnAddress = /[@/\\]|www\.|\.\p{L}{2}/iu;

/** The facts with each text from outside as one line of bounded length. */
export function cleanFacts(facts: MailFacts): MailFacts {
  if (facts.template === 'SECURITY_NOTICE') return facts;
  const order = cleanOrder(facts.order);
  if (facts.template === 'REFUNDED') return { ...facts, order };
  const note = facts.note === null ? '' : oneLine(facts.note, longestTitle);
  return { ...facts, order, note: note === '' ? null : note };
}

const cleanOrder = (order: MailOrder): MailOrder => ({
  ...order,
  number: oneLine(order.number, longestWord),
  lines: order.lines.map((line) => ({ ...line, title: oneLine(line.title, longestTitle), sku: oneLine(line.sku, longestWord) })),
});

export const cleanShop = ({ name, url }: Shop): Shop => ({ name: oneLine(name, longestWord), url: url.replace(/\/+$/, '') });

/** How the reader is addressed: by the name they gave, unless there is none or it carries an address. */
export function greeting({ displayName }: Addressee): string {
  const name = displayName === null ? '' : oneLine(displayName, longestWord);
  return name === '' || looksLikeAnAddress.test(name) ? 'Hello,' : `Hello ${name},`;
}
