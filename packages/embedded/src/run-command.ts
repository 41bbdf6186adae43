import { StartupError } from '@tally/runtime';

/** A command for the terminal: a line for each thing done; what it cannot do is one line and exit code 1. */
export async function runCommand(name: string, work: (print: (line: string) => void) => Promise<void>): Promise<void> {
  try {
    await work((line) => {
      process.stdout.write(`${line}\n`);
    });
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exitCode = 1;
  }
}
