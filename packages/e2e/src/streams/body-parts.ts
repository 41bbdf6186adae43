/** Parts of a multipart body. */
export interface BodyParts {
  /** Takes the next piece of text, of any length. */
  push(text: string): void;
  /** Whether the closing delimiter has come. */
  readonly closed: boolean;
}

/** The boundary that a content type names, as Apollo's client reads it: `-` if it names none. */
export const boundaryOf = (contentType: string): string =>
  /;\s*boundary=(?:"([^"]+)"|([^";\s]+))/i.exec(contentType)?.slice(1).find(Boolean) ?? '-';

/**
 * Reads the parts of a `multipart/mixed` body (RFC 2046, 5.1.1); a part is complete when the next delimiter has come.
 *
 * @param onPart gets the body of a part, without its headers.
 */
export function readBodyParts(boundary: string, onPart: (body: string) => void): BodyParts {
  const delimiter = `\r\n--${boundary}`;
  let rest = '\r\n'; // the first delimiter stands at the beginning, where a line may have ended before
  let [begun, closed] = [false, false];
  return {
    get closed() {
      return closed;
    },
    push(text) {
      rest += text;
      for (;;) {
        if (begun && rest.startsWith('--')) closed = true;
        const at = closed ? -1 : rest.indexOf(delimiter);
        if (at === -1) return;
        const part = rest.slice(0, at);
        rest = rest.slice(at + delimiter.length);
        const headersEnd = part.indexOf('\r\n\r\n');
        if (begun && headersEnd !== -1) onPart(part.slice(headersEnd + 4));
        begun = true;
      }
    },
  };
}
