/**
 * The token in the payload of `connection_init` or `ping`, in the form of the HTTP header; clients differ in its case. Something else in its place is a
 * bad token, not the lack of one.
 */
export function authorizationIn(payload: Readonly<Record<string, unknown>> | null | undefined): string | undefined {
  const value = payload?.['authorization'] ?? payload?.['Authorization'] ?? undefined;
  return value === undefined || typeof value === 'string' ? value : 'not text';
}
