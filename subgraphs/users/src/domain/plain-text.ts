/**
 * Text as people write it on one line: trimmed, NFC, without control characters, line separators and lone surrogates, which no table keeps.
 *
 * @param maxLength in UTF-16 units.
 * @returns `''` for text without content, `null` for what is no such text.
 */
export function parsePlainText(text: string, maxLength: number): string | null {
  const plain = text.trim().normalize('NFC');
  return plain.length <= maxLength && plain.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(plain) ? plain : null;
}
