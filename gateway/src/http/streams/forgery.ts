import type { IncomingHttpHeaders } from 'node:http';

const simpleTypes: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);
const preflighted = ['x-apollo-operation-name', 'apollo-require-preflight'] as const;

/**
 * Whether a foreign page could have made a browser send this without asking first: Apollo Server's rule, for requests that it does not see. A browser
 * that says that the page is ours settles it too, since its own EventSource can send no header.
 *
 * @see docs/security.md, A7; preventCsrf.js of @apollo/server
 */
export function couldBeForged(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== undefined && !simpleTypes.has(type)) return false;
  if (preflighted.some((name) => (headers[name] ?? '') !== '')) return false;
  return headers['sec-fetch-site'] !== 'same-origin';
}
