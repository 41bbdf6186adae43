import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a page may open a socket. Browsers always say which page asks, and let any page ask: so a foreign origin is refused, and so is a browser
 * that does not say. Clients that are no browsers send no origin, and no page can make them. The scheme is not compared, since TLS may end at a proxy.
 *
 * @param allowed origins besides our own.
 * @see docs/security.md, A21
 */
export function mayOpenSocket(headers: IncomingHttpHeaders, allowed: ReadonlySet<string>): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return !Object.keys(headers).some((name) => name.startsWith('sec-fetch-'));
  if (allowed.has(origin)) return true;
  // The origin of a sandboxed frame or a local file is the text "null".
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === withoutDefaultPort(origin, host);
}

/** An origin never names the default port of its scheme; a `host` header may. */
function withoutDefaultPort(origin: string, host: string): string {
  const url = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : host;
}
