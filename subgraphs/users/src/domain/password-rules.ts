import { commonPasswords } from './common-passwords.ts';

/** Why a password is refused. */
export type PasswordFault = 'TOO_SHORT' | 'TOO_LONG' | 'COMMON';

/** What is hashed: the NFC form, so that the same keys on another keyboard give the same password (RFC 8265 §4). */
export const normalisePassword = (text: string): string => text.normalize('NFC');

/** 10 to 128 characters of any script, no composition rules, none of the common ones (NIST SP 800-63B §3.1.1). */
export function passwordFault(text: string): PasswordFault | null {
  const characters = [...normalisePassword(text)];
  if (characters.length < 10) return 'TOO_SHORT';
  if (characters.length > 128) return 'TOO_LONG';
  return commonPasswords.has(plain(text)) || new Set(characters).size <= 2 ? 'COMMON' : null;
}

/** Longest text that is hashed at all, in characters: sign-in refuses longer ones before any work. */
export const maxPasswordLength = 128;

/** Lower case, without what people put before, behind or between to please a rule. */
const plain = (text: string): string =>
  normalisePassword(text)
    .toLowerCase()
    .replaceAll(/[\s._-]/g, '')
    .replace(/[!?.]+$/, '');
