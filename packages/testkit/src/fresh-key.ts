import { randomBytes } from 'node:crypto';

/**
 * A key that no other test uses, for what tests share: topics, consumer groups, idempotency keys, addresses.
 *
 * @param prefix what it names; letters, digits, `.`, `-` and `_` stay valid everywhere.
 * @returns the prefix, a dash and 16 hexadecimal digits.
 */
export function freshKey(prefix: string): string {
  return `${prefix}-${randomBytes(8).toString('hex')}`;
}

/** A mail address that no other test uses, in a domain that cannot exist (RFC 2606). */
export function freshEmail(name = 'buyer'): string {
  return `${freshKey(name)}@example.test`;
}
