import type { Redis } from 'ioredis';

/** Redis cannot be asked now, or did not answer in time; in the second case what was sent may still have its effect. */
export class RedisAwayError extends Error {
  override readonly name = 'RedisAwayError';
}

/** A program that runs on the server, all of it or nothing, by itself. @throws what `run` throws. */
export type RedisScript = (keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

/** One connection that comes back by itself. Nothing waits for it: while it is away, whoever asks is told so at once. */
export interface RedisConnection extends AsyncDisposable {
  /** `down`: not connected, or the last answer took too long and nobody has seen a quick one since. */
  readonly state: 'ok' | 'down';
  /** Put before every key by whoever makes one. */
  readonly prefix: string;
  /**
   * Sends commands and waits for their answers, up to the deadline of the connection. Commands of one connection have their effect in the order in which
   * they are sent.
   *
   * @throws {RedisAwayError} away or late. {ReplyError} of ioredis: the server refused.
   */
  run<T>(send: (client: Redis) => Promise<T>): Promise<T>;
  /** Where the server does not know the program yet, it has its effect after what was sent meanwhile. @param lua with KEYS and ARGV, all keys among KEYS. */
  script(lua: string): RedisScript;
  /**
   * Called whenever Redis can be asked again, before anybody else does. What happened to its keys meanwhile is unknown: it may be another server, or the
   * same one with what it held a minute ago.
   */
  onBack(listener: () => void): Disposable;
}
