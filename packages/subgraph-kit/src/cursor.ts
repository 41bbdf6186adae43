/** What a keyset cursor is made of: sort keys, an id, a hash of the filter. */
export type CursorPart = string | number | null;

/** An opaque cursor. Clients may only hand it back. */
export const encodeCursor = (parts: readonly CursorPart[]): string => Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');

/** The parts of a cursor, or `null` for text that is none: never throws. What the parts mean is the caller's to check. */
export function decodeCursor(text: string): readonly CursorPart[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
      ? (parts as CursorPart[])
      : null;
  } catch {
    return null;
  }
}
