import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ProcessSpec } from './system.ts';

// Below the ports that systems give away by themselves (from 32,768), so that nobody comes upon one between the look and its use; and a block for each
// process, so that those who look at the same time do not find the same.
const [lowestPort, blocks, portsEach] = [20_000, 80, 150];
let looked = 0;

/**
 * A port nobody listens on at this moment, another one at each call.
 *
 * @throws {Error} all of this process are taken.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsEach; tries += 1) {
    const port = lowestPort + (process.pid % blocks) * portsEach + (looked++ % portsEach);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${String(portsEach)} ports none is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}

/** The same processes, each on ports that nobody listens on at this moment. */
export async function onFreePorts(processes: readonly ProcessSpec[]): Promise<readonly ProcessSpec[]> {
  const placed: ProcessSpec[] = [];
  for (const spec of processes)
    placed.push({ ...spec, port: await freePort(), metricsPort: spec.metricsPort === null ? null : await freePort() });
  return placed;
}
