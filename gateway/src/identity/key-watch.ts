import type { KeySource } from '@tally/identity';
import type { Logger } from '@tally/runtime';

/** Whether the keys that verify access tokens have been seen once. */
export interface KeyWatch extends Disposable {
  readonly seen: boolean;
}

/** No keys are configured, so none is missing. */
export const noKeysNeeded: KeyWatch = { seen: true, [Symbol.dispose]: () => undefined };

const pausesMs = [100, 250, 500, 1_000, 2_000];

/**
 * Fetches the key set aside from requests until it has answered once, so that readiness never has to ask anybody. Afterwards the key source keeps
 * what it knows, also while its owner is away.
 */
export function watchKeys(keys: KeySource, logger: Logger): KeyWatch {
  const watch = { seen: false, stopped: false };
  let timer: NodeJS.Timeout | undefined;
  const ask = (attempt: number): void => {
    keys.find('any').then(
      () => {
        watch.seen = true;
      },
      (error: unknown) => {
        if (watch.stopped) return;
        if (attempt === 0) logger.warn({ err: error }, 'waiting for the keys that verify access tokens');
        timer = setTimeout(ask, pausesMs[Math.min(attempt, pausesMs.length - 1)], attempt + 1).unref();
      },
    );
  };
  ask(0);
  return {
    get seen() {
      return watch.seen;
    },
    [Symbol.dispose]() {
      watch.stopped = true;
      clearTimeout(timer);
    },
  };
}
