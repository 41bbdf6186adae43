import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ProcessSpec } from './system.ts';

// Below the ports that systems give away by themselves (from 32,768), so that nobody comes upon one between the look and its use; and a block for each
// process, so that those who look at the same time do not find the same. Its first port is held for as long as the process lives: the block is taken.
const [lowestPort, blocks, portsEach] = [20_000, 80, 150];
let block: Promise<number> | undefined;
let looked = 0;

/**
 * A port nobody listens on at this moment, another one at each call.
 *
 * @throws {Error} all of this process are taken.
 */
export async function freePort(): Promise<number> {
  const first = await (block ??= takeBlock());
  for (let tries = 1; tries < portsEach; tries += 1) {
    const port = first + 1 + (looked++ % (portsEach - 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${String(portsEach)} ports none is free`);
}

/** @returns the port that holds it. */
async function takeBlock(): Promise<number> {
  for (let at = 0; at < blocks; at += 1) {
    const port = lowestPort + ((process.pid + at) % blocks) * portsEach;
    const holder = createServer().unref().listen(port, '127.0.0.1');
    try {
      await once(holder, 'listening');
      return port;
    } catch {
      // Somebody else's.
    }
  }
  throw new Error(`of ${String(blocks)} blocks of ports none is free`);
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
