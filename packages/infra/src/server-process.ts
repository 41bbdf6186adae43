// A server of ours as a process. It runs in a group of its own, so that Ctrl-C in the terminal reaches those who use it first; and it does not outlive
// us: disposal ends it, so does our exit, and when we are killed a watcher does, whose input ends with us.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Folder } from './folder.ts';

/** How to start a server and where it writes. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** It runs there; a temporary one is removed when this process is killed before it could end the server. */
  readonly folder: Folder;
  /** Standard output and error are appended to it. */
  readonly logFile: string;
}

/** A process that was started; it may have ended. */
export interface ServerProcess {
  /** `null` while it runs, then how it ended, in words. */
  readonly ending: () => string | null;
  /** Sends the signal and waits for the end; after `graceMs` milliseconds SIGKILL follows. Does nothing once it has ended. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL', graceMs: number) => Promise<void>;
}

/** Starts the process; whether its program could be run shows in `ending`. */
export function startProcess({ command, args, folder, logFile }: Launch): ServerProcess {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, { cwd: folder.path, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();

  let ending: string | null = null;
  const kill = (): boolean => child.kill('SIGKILL');
  const watcher = child.pid === undefined ? null : startWatcher(child.pid, folder.isTemporary ? folder.path : '');
  const ended = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      ending = how;
      process.off('exit', kill);
      watcher?.kill('SIGKILL');
      resolve();
    };
    child.once('exit', (code, signal) => end(signal === null ? `exit code ${String(code)}` : signal));
    child.once('error', (error) => end(error.message));
  });
  process.once('exit', kill);

  return {
    ending: () => ending,
    end: async (signal, graceMs) => {
      if (ending !== null) return;
      child.ref(); // an event loop that runs empty would leave before the server has
      const impatience = setTimeout(kill, graceMs);
      child.kill(signal);
      await ended;
      clearTimeout(impatience);
    },
  };
}

/** Waits for the end of its input, which is ours, however we ended. */
function startWatcher(pid: number, folder: string): ChildProcess {
  const script = 'read -r _; kill -9 "$1" 2>/dev/null; [ -z "$2" ] || { sleep 1; rm -rf "$2"; }';
  const watcher = spawn('/bin/sh', ['-c', script, 'watcher', String(pid), folder], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.on('error', () => undefined); // no shell: then only a kill of this process leaves the server behind
  watcher.unref();
  (watcher.stdin as unknown as { unref: () => void }).unref();
  return watcher;
}

/** The last lines of a log, for the error of a server that does not start. */
export function lastLines(logFile: string, count: number): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
