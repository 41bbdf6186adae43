/** A line that counts in place in a terminal, and a line per tenth elsewhere. */
export function createProgress(title: string, all: number): (done: number) => void {
  const { isTTY } = process.stdout;
  const startedAt = performance.now();
  const step = isTTY ? Math.max(1, Math.floor(all / 100)) : Math.max(1, Math.floor(all / 4));
  return (done) => {
    if (done % step !== 0 && done !== all) return;
    const line = `  ${title}: ${String(done)} of ${String(all)}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    process.stdout.write(isTTY ? `\r\u001b[2K${line}${done === all ? '\n' : ''}` : `${line}\n`);
  };
}

/** One line about what begins now. */
export const say = (line: string): void => void process.stdout.write(`  ${line}\n`);
