/** Lets go of a request whose failure is shown where its answer would be. */
export function quietly(asked: Promise<unknown>): void {
  asked.catch(() => undefined);
}
