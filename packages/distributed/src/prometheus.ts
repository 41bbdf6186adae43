/**
 * Sum of the series of a metric that have these labels, 0 without any.
 *
 * @param text in the exposition format of Prometheus.
 */
export function sumOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .map((line) => /^(?<metric>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)/.exec(line)?.groups ?? {})
    .filter(({ metric, labels: own = '' }) => metric === name && wanted.every((pair) => own.split(',').includes(pair)))
    .reduce((sum, { value }) => sum + Number(value), 0);
}
