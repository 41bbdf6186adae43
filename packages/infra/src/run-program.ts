import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** What ends a program from outside. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program in this terminal and passes signals on to it.
 *
 * @param environment all of it.
 * @returns its exit code; 128 and the signal's number where one ended it, 127 where it could not be run, as a shell has it.
 */
export async function runProgram([program, ...args]: readonly [string, ...string[]], environment: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { env: environment, stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals): void => {
    // Ctrl-C reaches everybody in the terminal's group: passed on, it would look like a second one, which means "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    return await new Promise<number>((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
      child.once('error', (error) => {
        process.stderr.write(`infra: ${error.message}\n`);
        resolve(127);
      });
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}
