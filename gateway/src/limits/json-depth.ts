/**
 * Whether a parsed JSON value nests deeper than `limit`. Never recurses deeper than that itself.
 *
 * @param limit levels of arrays and objects; the outermost is the first.
 */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null || limit === Infinity) return false;
  if (limit <= 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(item, limit - 1));
  for (const key in value) {
    if (isDeeperThan((value as Readonly<Record<string, unknown>>)[key], limit - 1)) return true;
  }
  return false;
}
