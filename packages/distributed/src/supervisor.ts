import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '@tally/runtime';
import { startProcess, type AppProcess, type Exit } from './app-process.ts';
import { createLineSplitter } from './lines.ts';
import { toText } from './log-line.ts';

/** What to start, and how to see that it is ready. */
export interface Launch {
  readonly name: string;
  /** Path from the root of the repository. */
  readonly file: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Answers 200 once it is ready. */
  readonly readyUrl: string;
}

/** How a process of the system ended. */
export interface Stopped extends Exit {
  readonly name: string;
  /** False: it ended by itself. */
  readonly asked: boolean;
  /** From SIGTERM to its end, in milliseconds; 0 when nobody had asked. */
  readonly drainMs: number;
}

export interface SupervisorOptions {
  /** The environment of this process, see `childEnvironment`. */
  readonly ours: Environment;
  readonly onLine: (name: string, line: string) => void;
  /** A process that was ready has ended, and nobody had asked it to. It is not started again. */
  readonly onUnaskedEnd: (name: string, exit: Exit, lastLines: readonly string[]) => void;
  readonly onStopped?: (stopped: Stopped) => void;
  /** Patience with a start, in milliseconds; default 120,000. */
  readonly readyWithinMs?: number;
  /** Patience with a stop, in milliseconds; SIGKILL follows. Default 30,000: apps give up by themselves after 25,000. */
  readonly stopWithinMs?: number;
}

/**
 * Starts and stops processes and says how they ended. A process is *starting* until its URL answers, *ready*, *stopping* from SIGTERM on, *ended*. It
 * restarts nothing by itself. Disposal kills what still runs.
 */
export interface Supervisor extends AsyncDisposable {
  /**
   * Resolves when it is ready. A name that has ended may be started again.
   *
   * @throws {StartFailedError} it ended, or did not get ready in time.
   */
  start(launch: Launch): Promise<void>;
  /** Sends SIGTERM and waits for the end; resolves at once for one that has ended. */
  stop(name: string): Promise<Stopped>;
  readonly running: () => readonly string[];
  readonly pid: (name: string) => number | undefined;
}

/** A process that did not get ready. The message is one line. */
export class StartFailedError extends Error {
  override readonly name = 'StartFailedError';
}

interface Life {
  readonly process: AppProcess;
  readonly lastLines: () => readonly string[];
  /** On standard error, where an app that cannot start says why; on standard output when it said nothing there. */
  readonly lastWords: () => string | undefined;
  state: 'starting' | 'ready' | 'stopping' | 'ended';
  /** `null` while it runs. */
  stopped: Stopped | null;
}

const keptLines = 5;
const lookEveryMs = 50;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { ours, onLine, onUnaskedEnd, onStopped, readyWithinMs = 120_000, stopWithinMs = 30_000 } = options;
  const lives = new Map<string, Life>();

  function launch({ name, file, variables }: Launch): Life {
    const last: string[] = [];
    let lastError: string | undefined;
    const heard = (line: string): void => {
      last.push(line);
      if (last.length > keptLines) last.shift();
      onLine(name, line);
    };
    const heardError = (line: string): void => {
      lastError = line;
      heard(line);
    };
    const outputs = { stdout: createLineSplitter(heard), stderr: createLineSplitter(heardError) };
    const process = startProcess({ file, variables, ours, onOutput: (output, text) => outputs[output].push(text) });
    const life: Life = { process, lastLines: () => [...last], lastWords: () => lastError ?? last.at(-1), state: 'starting', stopped: null };
    lives.set(name, life);
    void process.ended.then((exit) => {
      for (const output of Object.values(outputs)) output.end();
      const before = life.state;
      life.state = 'ended';
      if (before === 'stopping') return;
      life.stopped = { name, ...exit, asked: false, drainMs: 0 };
      if (before === 'ready') onUnaskedEnd(name, exit, life.lastLines());
    });
    return life;
  }

  async function untilReady({ name, readyUrl }: Launch, life: Life): Promise<void> {
    const startedAt = performance.now();
    for (;;) {
      const answered = await answers(readyUrl);
      // Its end first: should its port have been taken, it is a stranger who answers there.
      const exit = life.process.exit();
      if (exit !== null) throw new StartFailedError(`${name} ${howItEnded(exit)}${saidLast(life)}`);
      if (answered) break;
      if (performance.now() - startedAt > readyWithinMs)
        throw new StartFailedError(`${name} is not ready after ${String(Math.round(readyWithinMs / 1000))} s${saidLast(life)}`);
      await Promise.race([sleep(lookEveryMs), life.process.ended]);
    }
    if (life.state === 'starting') life.state = 'ready';
  }

  return {
    async start(wanted) {
      const before = lives.get(wanted.name);
      if (before !== undefined && before.state !== 'ended') throw new RangeError(`${wanted.name} runs already`);
      await untilReady(wanted, launch(wanted));
    },
    async stop(name) {
      const life = lives.get(name);
      if (life === undefined) throw new RangeError(`${name} was never started`);
      if (life.stopped !== null) return life.stopped;
      if (life.process.exit() === null) life.state = 'stopping';
      const askedAt = performance.now();
      const exit = await life.process.stop(stopWithinMs);
      if (life.stopped === null) {
        life.stopped = { name, ...exit, asked: true, drainMs: performance.now() - askedAt };
        onStopped?.(life.stopped);
      }
      return life.stopped;
    },
    running: () => [...lives].filter(([, { state }]) => state !== 'ended').map(([name]) => name),
    pid: (name) => lives.get(name)?.process.pid,
    async [Symbol.asyncDispose]() {
      for (const life of lives.values()) {
        if (life.process.exit() === null) life.state = 'stopping';
        life.process.kill();
      }
      await Promise.all([...lives.values()].map(({ process }) => process.ended));
    },
  };
}

/** In words, behind the name of a process. */
export function howItEnded({ code, signal }: Exit): string {
  return signal === null ? `ended with exit code ${String(code)}` : `was killed by ${signal}`;
}

const saidLast = ({ lastWords }: Life): string => {
  const last = lastWords();
  return last === undefined ? ' without a word' : `; it said last: ${toText(last)}`;
};

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
}
