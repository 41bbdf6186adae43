/** Turns pieces of text into lines. */
export interface LineSplitter {
  readonly push: (text: string) => void;
  /** Gives what has no end yet as a line. */
  readonly end: () => void;
}

/** Calls `onLine` for each whole line, without its end; blank ones are left out. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let rest = '';
  const give = (line: string): void => {
    if (line.trim() !== '') onLine(line);
  };
  return {
    push(text) {
      const [first = '', ...more] = text.split('\n');
      rest += first;
      for (const piece of more) {
        give(rest.replace(/\r$/, ''));
        rest = piece;
      }
    },
    end() {
      give(rest);
      rest = '';
    },
  };
}
