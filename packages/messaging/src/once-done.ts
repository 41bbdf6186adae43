/** Work that is done once: whoever asks meanwhile or afterwards shares it. One that failed is done again for the next who asks. */
export interface OnceDone {
  done(): Promise<void>;
  /** The next who asks has it done again. */
  again(): void;
}

/** Nothing is done yet. */
export function onceDone(work: () => Promise<void>): OnceDone {
  let doing: Promise<void> | null = null;
  return {
    done() {
      doing ??= work().catch((error: unknown) => {
        doing = null;
        throw error;
      });
      return doing;
    },
    again: () => void (doing = null),
  };
}
