/** Resolves when all consumers have been disposed of, rejects as soon as one had to stop. Nobody has to listen. */
export function endOf(...consumers: readonly { readonly ended: Promise<unknown> }[]): Promise<unknown> {
  const all = Promise.all(consumers.map(({ ended }) => ended));
  all.catch(() => undefined);
  return all;
}
