import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@tally/runtime';
import { childEnvironment, nodeFlags } from './child-environment.ts';
import { killAtExit } from './live-processes.ts';

/** How a process ended: an exit code, or the signal that killed it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type OutputName = 'stdout' | 'stderr';

export interface ProcessOptions {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Behind the file; default none. */
  readonly args?: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** The environment of this process, see `childEnvironment`. */
  readonly ours: Environment;
  /** Called with what it prints, in pieces as they come. */
  readonly onOutput: (output: OutputName, text: string) => void;
}

/** A program of the repository as an operating-system process of its own. It does not outlive us, however we end. */
export interface AppProcess {
  readonly pid: number;
  /** Resolves when it has ended and everything it printed has been handed over. */
  readonly ended: Promise<Exit>;
  /** `null` while it runs. */
  readonly exit: () => Exit | null;
  /** SIGTERM once, and SIGKILL when it has not ended after `patienceMs`. May be repeated. */
  readonly stop: (patienceMs: number) => Promise<Exit>;
  /** No mercy. */
  readonly kill: () => void;
}

const repository = fileURLToPath(new URL('../../../', import.meta.url));

// Our end of its input closes when we end, whatever ended us. Written here and not in a file, since it runs before the program and belongs to none.
const leaveWithParent = `process.stdin.on('error', () => undefined).on('close', () => process.kill(process.pid, 'SIGTERM')).resume().unref();`;

/**
 * Starts it in a process group of its own, so that Ctrl-C in the terminal reaches only us.
 *
 * @throws {Error} the operating system starts no process.
 */
export function startProcess({ file, args = [], variables, ours, onOutput }: ProcessOptions): AppProcess {
  const child = spawn(
    process.execPath,
    [...nodeFlags, `--import=data:text/javascript,${encodeURIComponent(leaveWithParent)}`, file, ...args],
    {
      cwd: repository,
      env: childEnvironment(ours, variables),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  child.on('error', () => undefined); // told by the missing pid
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} cannot be started`);
  child.stdin.on('error', () => undefined); // it has ended: `ended` says so
  for (const output of ['stdout', 'stderr'] as const)
    child[output].setEncoding('utf8').on('data', (text: string) => onOutput(output, text));

  let exit: Exit | null = null;
  let stopping = false;
  const kill = (): void => {
    if (exit === null) child.kill('SIGKILL');
  };
  const known = killAtExit(kill);
  const ended = (async (): Promise<Exit> => {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    known[Symbol.dispose]();
    exit = { code, signal };
    return exit;
  })();
  return {
    pid,
    ended,
    kill,
    exit: () => exit,
    async stop(patienceMs) {
      if (exit !== null || stopping) return ended;
      stopping = true;
      const impatience = setTimeout(kill, patienceMs);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(impatience);
      return ended;
    },
  };
}
