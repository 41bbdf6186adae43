const secret = /password|token|secret|authorization/i;

/** A value with everything that may be a secret by its name replaced, for messages of failed requests. */
export function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, secret.test(name) && inner !== null ? '[redacted]' : redacted(inner)]),
  );
}
