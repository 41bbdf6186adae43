/** What a keyset cursor is made of: sort keys, an id, a hash of the filter. */
export type CursorPart = string | number | null;

/** An opaque cursor. Clients may only hand it back. */
export const encodeCursor = (parts: readonly CursorPart[]): string => Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');

const longestCursor = 4_096;

/**
 * The parts of a cursor, or `null` for what `encodeCursor` never gave: any other spelling, more than 4,096 characters, a text that PostgreSQL cannot
 * hold (U+0000). Never throws. What the parts mean is the caller's to check.
 */
export function decodeCursor(text: string): readonly CursorPart[] | null {
  if (text.length > longestCursor) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    // Both parsers are lenient: 1e999 is a number to one, `!` is nothing to the other.
    return Array.isArray(parts) && parts.every(isCursorPart) && encodeCursor(parts) === text ? parts : null;
  } catch {
    return null;
  }
}

const isCursorPart = (part: unknown): part is CursorPart =>
  part === null || typeof part === 'number' || (typeof part === 'string' && !part.includes('\0') && part.isWellFormed());
