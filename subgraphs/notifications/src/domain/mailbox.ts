import type { Id } from '@tally/kernel';

/** A sender, as RFC 5322 §3.4 calls it. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

// Plain addresses only: what would have to be quoted, a list, a group or a route is none (RFC 5321 §4.1.2 knows more than anybody uses).
const plainAddress = /^[^\s@<>(),;:\\"[\]\p{Cc}]{1,64}@[^\s@<>(),;:\\"[\]\p{Cc}]{1,255}$/u;

/** Whether a text is one plain address, so that it cannot name a second recipient or end a header. */
export const isPlainAddress = (text: string): boolean => text.length <= 254 && plainAddress.test(text);

const control = /\p{Cc}/u;

/** Whether a text could end a header and begin another. */
export const hasControlCharacter = (text: string): boolean => control.test(text);

/** `Name <address>`, `"Name" <address>` or an address alone; `null` for anything else. */
export function parseMailbox(text: string): Mailbox | null {
  const [, quoted, plain = '', bracketed] = /^(?:"([^"<>]*)"|([^"<>]*?))\s*<([^<>]+)>$/.exec(text.trim()) ?? [];
  const name = (quoted ?? plain).trim();
  const address = bracketed ?? text.trim();
  return isPlainAddress(address) && !hasControlCharacter(name) ? { name, address } : null;
}

/** The Message-ID of every delivery of one notification, without angle brackets (RFC 5322 §3.6.4). */
export const messageIdOf = (id: Id<'ntf'>, { address }: Mailbox): string => `${id}@${address.slice(address.lastIndexOf('@') + 1)}`;
