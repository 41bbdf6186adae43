import { createHash } from 'node:crypto';
import { StartupError, type Logger } from '@tally/runtime';
import { Redis } from 'ioredis';
import type { RedisAddress } from './address.ts';
import { RedisAwayError, type RedisConnection } from './connection.ts';
import { LateError, within } from './deadline.ts';
import { createOutages } from './outages.ts';
import { adviceOn, isReply, isUnknownScript } from './replies.ts';

export interface RedisOptions {
  readonly address: RedisAddress;
  /** Shown to whoever lists the server's clients. */
  readonly name: string;
  readonly logger: Logger;
  /** What a command may take, in milliseconds; default 100. */
  readonly deadlineMs?: number;
}

/** How long the start waits for a server that neither answers nor refuses. */
const startMs = 2_000;
/** A server that takes connections and answers nothing for so long is connected to anew. */
const silenceMs = 10_000;
const slowestRetryMs = 2_000;
const replicaMs = 10_000;

/**
 * Connects to Redis. One that is away delays the start by 2 s at most and fails nothing: a line says so, another one when it is there, and so with every
 * outage.
 *
 * @throws {StartupError} it answers that user, password or database are wrong, in one line.
 */
export async function openRedis({ address, name, logger, deadlineMs = 100 }: RedisOptions): Promise<RedisConnection> {
  const client = connect(address, name);
  const where = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${String(address.port)}`;
  const outages = createOutages({ client, where, deadlineMs, logger });
  try {
    await firstAnswer(client, where);
  } catch (error) {
    outages.close();
    close(client);
    throw error;
  }
  outages.watch();

  async function run<T>(send: (client: Redis) => Promise<T>): Promise<T> {
    if (outages.state === 'down') throw new RedisAwayError(`Redis at ${where} is away`);
    try {
      return await within(deadlineMs, send(client));
    } catch (cause) {
      if (isReply(cause)) {
        outages.refused(cause);
        throw cause;
      }
      if (cause instanceof LateError) outages.late(cause);
      throw new RedisAwayError(`Redis at ${where} is away`, { cause });
    }
  }
  return {
    get state() {
      return outages.state;
    },
    prefix: address.prefix,
    run,
    script(lua) {
      const sha = createHash('sha1').update(lua).digest('hex');
      return (keys, args) =>
        run((to) =>
          to.evalsha(sha, keys.length, ...keys, ...args).catch((error: unknown) => {
            if (!isUnknownScript(error)) throw error;
            return to.eval(lua, keys.length, ...keys, ...args);
          }),
        );
    },
    onBack: outages.onBack,
    [Symbol.asyncDispose]() {
      outages.close();
      close(client);
      return Promise.resolve();
    },
  };
}

function connect({ host, port, tls, username, password, database }: RedisAddress, name: string): Redis {
  const client = new Redis({
    host,
    port,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: { servername: host } } : {}),
    db: database,
    connectionName: name,
    disableClientInfo: true,
    lazyConnect: true,
    enableOfflineQueue: false,
    // What was under way when the connection broke fails at once, and is not sent again: both its asker and the world have moved on.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 5_000,
    socketTimeout: silenceMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), slowestRetryMs) * (0.5 + Math.random() / 2),
    reconnectOnError: onceInAWhile((error) => error.message.startsWith('READONLY')),
  });
  // An `error` without a listener is printed by the client itself.
  client.on('error', () => undefined);
  return client;
}

/** A primary that has become a replica is left, since its name may lead to the new one by now; if it does not, there is no hurry to try again. */
function onceInAWhile(concerns: (error: Error) => boolean): (error: Error) => boolean {
  let leftAt = -Infinity;
  return (error) => {
    if (!concerns(error) || performance.now() - leftAt < replicaMs) return false;
    leftAt = performance.now();
    return true;
  };
}

/** Resolves with the first thing that is known: it is there, it cannot be reached, or it is silent. @throws {StartupError} */
async function firstAnswer(client: Redis, where: string): Promise<void> {
  const known = Promise.withResolvers<undefined>();
  const heard = (): void => {
    known.resolve(undefined);
  };
  const refused = (error: unknown): void => {
    const advice = adviceOn(error);
    if (advice === null) heard();
    else known.reject(new StartupError(`Redis at ${where} (REDIS_URL): ${advice}`, { cause: error }));
  };
  const timer = setTimeout(heard, startMs);
  client.once('ready', heard).once('error', refused);
  client.connect().catch(() => undefined); // said by `error` as well
  try {
    await known.promise;
  } finally {
    clearTimeout(timer);
    client.off('ready', heard).off('error', refused);
  }
}

function close(client: Redis): void {
  client.disconnect();
  // A server that hangs would never close its side. There is no socket before the first attempt.
  (client.stream as Redis['stream'] | undefined)?.destroy();
}
