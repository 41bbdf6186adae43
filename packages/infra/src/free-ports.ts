import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { randomInt } from 'node:crypto';

// Below the ports that systems give to outgoing connections: a server that is stopped for a while finds its port free again.
const LOWEST = 15_000;
const HIGHEST = 32_000;
const ATTEMPTS = 200;

/**
 * Ports of 127.0.0.1 that nobody listens on at this moment, all different.
 *
 * @throws {Error} none was found in 200 attempts each.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: { readonly port: number; readonly holder: Server }[] = [];
  try {
    while (held.length < count) held.push(await holdOne());
    return held.map(({ port }) => port);
  } finally {
    await Promise.all(held.map(({ holder }) => new Promise((resolve) => holder.close(resolve))));
  }
}

async function holdOne(): Promise<{ port: number; holder: Server }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    const holder = createServer().listen(port, '127.0.0.1');
    try {
      await once(holder, 'listening');
      return { port, holder };
    } catch (cause) {
      if (attempt === ATTEMPTS) throw new Error('no free port between 15000 and 32000', { cause });
    }
  }
}
