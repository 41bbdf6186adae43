/** What the catalogue accepts, in one place. Amounts are minor units, stock counts units. */
export const limits = {
  title: 200,
  description: 10_000,
  sku: 64,
  variants: 100,
  options: 10,
  name: 60,
  tags: 20,
  tag: 40,
  /** Ten billion in a currency of cents: times the largest quantity and the most lines of an order, still an exact number. */
  price: 1_000_000_000_000,
  stock: 1_000_000_000,
  weightGrams: 10_000_000,
  reason: 200,
  pageSize: 100,
  standardPageSize: 20,
  ids: 250,
  position: 1_000_000,
  filterValues: 100,
  words: 200,
} as const;

/** Text of 1 to `longest` characters after trimming, without control characters (line breaks where `lines`); `null` otherwise. */
export function parseText(text: string, longest: number, lines = false): string | null {
  const trimmed = text.trim();
  // PostgreSQL's text cannot hold U+0000, and a lone surrogate has no UTF-8.
  const refused = lines ? /[\p{Surrogate}]|(?![\n\r\t])\p{Control}/u : /[\p{Control}\p{Surrogate}]/u;
  return trimmed.length === 0 || trimmed.length > longest || refused.test(trimmed) ? null : trimmed;
}
