import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment, nodeFlags } from '@tally/distributed';
import { openDebugger, type Debugger } from './debugger.ts';

/** A Node process of the bench. Disposal stops it by SIGTERM. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly child: ChildProcess;
  /** The last of what it printed. */
  printed(): string;
  /** Rejects when it ends before it is told to. */
  readonly lost: Promise<never>;
}

/**
 * Runs a program of the repository as a process of its own, with this environment and nothing else of ours but the path.
 *
 * @param options.talks opens a channel for messages.
 */
export function startProgram(
  file: string,
  options: { readonly environment?: Readonly<Record<string, string>>; readonly inspect?: boolean; readonly talks?: boolean } = {},
): Program {
  const { environment = {}, inspect = false, talks = false } = options;
  const child = spawn(process.execPath, [...nodeFlags, ...(inspect ? ['--inspect=127.0.0.1:0'] : []), file], {
    env: childEnvironment(process.env, environment),
    stdio: ['ignore', 'pipe', 'pipe', ...(talks ? (['ipc'] as const) : [])],
    serialization: 'advanced',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output = `${output}${text}`.slice(-20_000)));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit');
  const stopping = new AbortController();
  const lost = ended.then((): never => {
    throw new Error(stopping.signal.aborted ? `${file} was stopped` : `${file} ended early:\n${output}`);
  });
  lost.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} does not start`);
  return {
    pid,
    child,
    lost,
    printed: () => output,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      process.off('exit', kill);
      child.kill('SIGTERM');
      const overdue = setTimeout(kill, 20_000);
      await ended;
      clearTimeout(overdue);
    },
  };
}

/** Talks to the debugger of a program that was started with `inspect`. */
export async function debuggerOf(program: Program): Promise<Debugger> {
  for (;;) {
    const url = /ws:\/\/\S+/.exec(program.printed())?.[0];
    if (url !== undefined) return await openDebugger(url);
    await Promise.race([once(program.child.stderr ?? program.child, 'data'), program.lost]);
  }
}
