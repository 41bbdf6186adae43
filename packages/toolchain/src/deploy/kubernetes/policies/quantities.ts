const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Bytes of a quantity such as `512Mi`; `NaN` for anything else. */
export function bytesOf(quantity: number | string | undefined): number {
  const [, digits, unit = ''] = /^(\d+)([kMG]|[KMGT]i)?$/.exec(String(quantity)) ?? [];
  return digits === undefined ? NaN : Number(digits) * (UNITS[unit] ?? NaN);
}
