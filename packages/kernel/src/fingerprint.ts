import { createHash } from 'node:crypto';

/**
 * One text per meaning: keys sorted, `null` and `undefined` members left out (absent and null are the same intent), arrays in order.
 *
 * @throws {TypeError} the value holds something JSON has no word for (a function, a bigint, NaN).
 * @see RFC 8785, from which the key order is taken; number spelling is ECMAScript's.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`no canonical JSON for a ${typeof value}`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/**
 * The identity of a request: version tag and SHA-256 of its canonical JSON. Two requests have one fingerprint exactly when they mean the same.
 *
 * @param omit members that do not belong to the intent, such as the idempotency key itself.
 */
export function fingerprint(input: Readonly<Record<string, unknown>>, omit: readonly string[] = []): string {
  const intent = Object.fromEntries(Object.entries(input).filter(([name]) => !omit.includes(name)));
  return `v1:${createHash('sha256').update(canonicalJson(intent)).digest('hex')}`;
}
