import { hasControlCharacter, isPlainAddress, type Mailbox } from './mailbox.ts';

/** The parts of a mail that stand in headers or in the envelope. */
export interface Headers {
  /** Without angle brackets. */
  readonly messageId: string;
  readonly from: Mailbox;
  readonly to: string;
  readonly subject: string;
}

/**
 * Whether a mail could be more than one mail: a line break in a header begins another header, a comma in an address another recipient. Every mailer asks
 * before it sends.
 *
 * @returns a code, or `null` when it is one mail to one address.
 */
export function headerFault({ messageId, from, to, subject }: Headers): 'ADDRESS' | 'HEADER' | null {
  if (!isPlainAddress(to) || !isPlainAddress(from.address)) return 'ADDRESS';
  return [from.name, subject].some(hasControlCharacter) || !/^[^\s<>@]+@[^\s<>@]+$/.test(messageId) ? 'HEADER' : null;
}
