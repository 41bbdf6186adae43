import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@tally/runtime';
import type { Redis } from 'ioredis';
import type { RedisConnection } from './connection.ts';
import { isReply } from './replies.ts';

/** Whether Redis can be asked: what is known of one client, and the lines that say so. */
export interface Outages extends Pick<RedisConnection, 'state' | 'onBack'> {
  /** The start is over: what was found is said, and from now on every change. */
  watch(): void;
  /** A command took too long. Until a quick answer was seen nobody else is made to wait. */
  late(cause: Error): void;
  /** The server said no. */
  refused(error: Error): void;
  /** Nothing is said from now on. */
  close(): void;
}

interface OutagesOptions {
  readonly client: Redis;
  readonly where: string;
  readonly deadlineMs: number;
  readonly logger: Logger;
}

const oneRefusalPerMs = 60_000;
const pauseMs = 50;

export function createOutages({ client, where, deadlineMs, logger }: OutagesOptions): Outages {
  const listeners = new Set<() => void>();
  let phase: 'starting' | 'watching' | 'closed' = 'starting';
  let state: RedisConnection['state'] = 'down';
  let since = performance.now();
  let lastError: unknown;
  let probing = false;
  let refusalSaidAt = -Infinity;

  function sayAway(err: unknown): void {
    logger.warn({ err, redis: where }, `Redis at ${where} (REDIS_URL) is away: going on without it. Start it, or correct the URL`);
  }
  function down(cause: unknown): void {
    if (state === 'down') return;
    state = 'down';
    since = performance.now();
    if (phase === 'watching') sayAway(cause);
  }
  function up(): void {
    if (state === 'ok' || phase === 'closed') return;
    state = 'ok';
    if (phase === 'starting') return;
    logger.warn({ redis: where, awaySeconds: Math.round((performance.now() - since) / 1000) }, `Redis at ${where} is back`);
    for (const listener of listeners) listener();
  }
  /** One question after the other, each as soon as the last one was answered; a connection that breaks ends it. */
  async function probe(): Promise<void> {
    probing = true;
    while (state === 'down' && client.status === 'ready') {
      const asked = performance.now();
      const answered = await client.ping().then(() => true, isReply);
      if (answered && performance.now() - asked <= deadlineMs) up();
      else if (!answered) await sleep(pauseMs, undefined, { ref: false });
    }
    probing = false;
  }

  client
    .on('error', (error) => {
      lastError = error;
    })
    .on('close', () => {
      down(lastError);
    })
    .on('ready', () => {
      lastError = undefined;
      up();
    });
  return {
    get state() {
      return state;
    },
    watch() {
      phase = 'watching';
      if (state === 'down') sayAway(lastError);
    },
    late(cause) {
      down(cause);
      if (!probing) void probe();
    },
    refused(err) {
      if (performance.now() - refusalSaidAt < oneRefusalPerMs) return;
      refusalSaidAt = performance.now();
      logger.warn({ err, redis: where }, `Redis at ${where} refuses a command: going on without it`);
    },
    onBack(listener) {
      listeners.add(listener);
      return {
        [Symbol.dispose]: () => {
          listeners.delete(listener);
        },
      };
    },
    close() {
      phase = 'closed';
      state = 'down';
    },
  };
}
