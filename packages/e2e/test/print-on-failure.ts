import { onTestFailed } from 'vitest';

/** Prints what a system said, once the current test has failed. */
export function printOnFailure(text: () => string): void {
  onTestFailed(() => {
    process.stderr.write(`${text()}\n`);
  });
}
