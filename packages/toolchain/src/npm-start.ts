import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanEnvironment } from './clean-environment.ts';
import { freePort } from './free-port.ts';

/** A system started by `npm start`, as a newcomer would. */
export type StartedSystem = {
  /** Where the graph answers, as the ready line says. */
  readonly graphUrl: string;
  readonly simulatorUrl: string;
  /** Milliseconds from the command to the ready line. */
  readonly readyAfterMs: number;
  /** Everything printed so far. */
  readonly printed: () => string;
  /** Sends SIGTERM and waits; may be repeated. @returns the exit code, null when a signal ended it. */
  readonly stop: () => Promise<number | null>;
};

/** Ports of a system that must not disturb another on the same machine; kept over a restart. */
export type Ports = { readonly PORT: string; readonly SIMULATOR_PORT: string; readonly METRICS_PORT: string };

export async function freePorts(): Promise<Ports> {
  const [gateway, simulator, metrics] = [await freePort(), await freePort(), await freePort()];
  return { PORT: String(gateway), SIMULATOR_PORT: String(simulator), METRICS_PORT: String(metrics) };
}

/**
 * Runs `npm start` in a checkout and waits for the line that begins with "ready".
 *
 * @param readyWithinMs how long the first start may take, in milliseconds.
 * @throws {Error} it ended or stayed silent; the text holds what it printed.
 */
export async function npmStart(
  checkout: string,
  env: Readonly<Record<string, string>>,
  ports: Ports,
  readyWithinMs: number,
): Promise<StartedSystem> {
  const begun = performance.now();
  const npm = spawn('npm', ['start'], {
    cwd: checkout,
    env: cleanEnvironment({ ...env, ...ports }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that nothing stays behind
  });
  let printed = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const killGroup = () => {
    if (npm.pid !== undefined && npm.exitCode === null && npm.signalCode === null) process.kill(-npm.pid, 'SIGKILL');
  };
  process.once('exit', killGroup);

  const exited = once(npm, 'exit') as Promise<[number | null]>;
  const graphUrl = () => /^ready\b.*?(https?:\/\/\S+)/m.exec(printed)?.[1];
  while (graphUrl() === undefined) {
    if (npm.exitCode !== null || npm.signalCode !== null) throw new Error(`npm start ended with ${String(npm.exitCode)}\n${printed}`);
    if (performance.now() - begun > readyWithinMs) {
      killGroup();
      throw new Error(`npm start printed no "ready" within ${String(readyWithinMs)} ms\n${printed}`);
    }
    await delay(20);
  }
  return {
    graphUrl: graphUrl() ?? '',
    simulatorUrl: `http://127.0.0.1:${ports.SIMULATOR_PORT}`,
    readyAfterMs: performance.now() - begun,
    printed: () => printed,
    stop: async () => {
      if (npm.exitCode === null && npm.signalCode === null) npm.kill('SIGTERM');
      const [code] = await exited;
      process.off('exit', killGroup);
      return code;
    },
  };
}
