/** Members and feeds that are open on a log: what is still open when the log closes goes first. */
export interface OpenReaders extends AsyncDisposable {
  /** @returns the disposal to hand out. */
  untilClosed(reader: AsyncDisposable): () => Promise<void>;
}

/** Nobody reads yet. */
export function createOpenReaders(): OpenReaders {
  const closers = new Set<() => Promise<void>>();
  return {
    untilClosed(reader) {
      const close = async (): Promise<void> => {
        closers.delete(close);
        await reader[Symbol.asyncDispose]();
      };
      closers.add(close);
      return close;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...closers].map((close) => close()));
    },
  };
}
