import { wellKnownPasswords } from './well-known-passwords.ts';

/** Why a password is refused. */
export type PasswordFault = 'TOO_SHORT' | 'TOO_LONG' | 'WELL_KNOWN';

const shortest = 10;
const longest = 128;

/** What is hashed: the NFC form, so that the same keys on another keyboard give the same password (RFC 8265 §4). */
export const normalisePassword = (text: string): string => text.normalize('NFC');

/** Whether no password can be as long as this one: it is known to be wrong before any work. */
export const isTooLong = (text: string): boolean => text.length > longest * 8 || lengthOf(normalisePassword(text)) > longest;

/** 10 to 128 characters of any script, no composition rules, none of the well-known ones (NIST SP 800-63B §3.1.1). */
export function passwordFault(text: string): PasswordFault | null {
  if (isTooLong(text)) return 'TOO_LONG';
  const password = normalisePassword(text);
  if (lengthOf(password) < shortest) return 'TOO_SHORT';
  const isMonotonous = new Set(Array.from(password)).size <= 2;
  return isMonotonous || wellKnownPasswords.has(core(password)) ? 'WELL_KNOWN' : null;
}

/** In characters, as people count them: not in UTF-16 units. */
const lengthOf = (text: string): number => Array.from(text).length;

/** Lower case, without what people put before, behind or between to please a rule. */
const core = (password: string): string =>
  password
    .toLowerCase()
    .replaceAll(/[\s._-]/g, '')
    .replace(/[!?]+$/, '');
