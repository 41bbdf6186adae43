import { join } from 'node:path';
import { StartupError } from '@tally/runtime';
import { Redis } from 'ioredis';
import { readMachine } from './config.ts';
import { findRedis } from './find-parts.ts';
import { openFolder } from './folder.ts';
import { freePorts } from './free-ports.ts';
import { startServer, type Server } from './server.ts';

/** A Redis that belongs to whoever started it. */
export interface RedisServer extends Server {
  /** With the password, where there is one. */
  readonly url: string;
  readonly port: number;
}

/** All may be left out. */
export interface RedisOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Asked of every client; default none. */
  readonly password?: string;
  /** Directives of redis.conf, e.g. `{ maxmemory: '2mb', 'maxmemory-policy': 'allkeys-lru' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const ATTEMPTS = 3;

/**
 * Starts a Redis of the system's own program on 127.0.0.1, in memory only: a stop forgets everything.
 *
 * @throws {StartupError} there is no redis-server here, or it did not start; the message says which and what to do.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const found = await findRedis(readMachine());
  if (!found.found) throw new StartupError(`${found.missing}: ${found.remedy}`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(options.port ?? (await freePorts(1))[0] ?? 0, found.program, options);
    } catch (error) {
      // Somebody took the free port in between.
      if (attempt === ATTEMPTS || options.port !== undefined || !/Address already in use/.test(String(error))) throw error;
    }
  }
}

async function startOn(port: number, program: string, { password, settings = {} }: RedisOptions): Promise<RedisServer> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await openFolder('tally-redis-'));
  const url = `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`;
  const directives = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder.path,
    save: '',
    appendonly: 'no',
    ...(password === undefined ? {} : { requirepass: password }),
    ...settings,
  };
  const server = stack.use(
    await startServer({
      name: 'Redis',
      launch: {
        command: program,
        args: Object.entries(directives).flatMap(([name, value]) => [`--${name}`, value]),
        folder,
        logFile: join(folder.path, 'redis.log'),
      },
      answers: () => ping(url),
      startWithinMs: 10_000,
      stopWithinMs: 5_000,
    }),
  );
  const owned = stack.move();
  return { ...server, url, port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function ping(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 2_000, commandTimeout: 2_000 });
  client.on('error', () => undefined); // thrown by `connect` as well
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
