import type { Id } from '@tally/kernel';
import { parsePlainText } from './plain-text.ts';
import type { Role } from './roles.ts';

export interface Account {
  readonly id: Id<'usr'>;
  /** Lower case, NFC. */
  readonly email: string;
  readonly displayName: string | null;
  readonly role: Role;
  readonly locale: string;
  /** Sequence of users.user.v1. */
  readonly version: number;
  readonly createdAt: Date;
}

/** An account with what it signs in with; never leaves the use cases of signing in. */
export interface Credentials {
  readonly account: Account;
  readonly passwordHash: string;
}

const maxEmailLength = 254;
const maxNameLength = 100;

/** The one spelling of an address, or `null`. Syntax is checked loosely: only a mail proves an address (RFC 5321 §4.5.3.1 for the length). */
export function parseEmail(text: string): string | null {
  const email = parsePlainText(text.toLowerCase(), maxEmailLength);
  return email !== null && /^[^\s@<>(),;:"[\]\\]{1,64}@[^\s@<>(),;:"[\]\\]+\.[^\s@.<>(),;:"[\]\\]{2,}$/.test(email) ? email : null;
}

/** A name as people write it, 1 to 100 characters; `null` when none is given; `undefined` when it is not one. */
export function parseDisplayName(text: string | null | undefined): string | null | undefined {
  const name = parsePlainText(text ?? '', maxNameLength);
  if (name === null) return undefined;
  return name === '' ? null : name;
}
