import { startProcess, type Variables } from '@tally/distributed';

/** Where a system of one process keeps its data and listens; the same over all its lives. */
export interface Place {
  readonly dataDir: string;
  readonly port: number;
  readonly simulatorPort: number;
  readonly metricsPort: number;
}

/** One life of the system: a real process that can be killed. */
export interface Life {
  readonly pid: number;
  readonly readyAfterMs: number;
  /** Whether it still runs. */
  alive(): boolean;
  /** Sends the signal and waits for the end. @returns exit code, or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | NodeJS.Signals>;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  printed(): string;
}

/** What a life may be given. */
export interface LifeOptions {
  /** A crash point and its hit count, `name:count`. */
  readonly crash?: string | undefined;
  /** Settings on top of its own. */
  readonly variables?: Variables;
  /** Told of everything that it prints. */
  readonly onOutput?: (text: string) => void;
}

const kept = 200_000;

/**
 * Starts the platform in one process on its data folder.
 *
 * @returns the life once it is ready, or once it has died on its way there.
 */
export async function live(place: Place, { crash, variables = {}, onOutput }: LifeOptions = {}): Promise<Life> {
  const startedAt = performance.now();
  let printed = '';
  const ready = Promise.withResolvers<undefined>();
  const running = startProcess({
    file: 'packages/embedded/src/main.ts',
    variables: {
      DATA_DIR: place.dataDir,
      PORT: String(place.port),
      SIMULATOR_PORT: String(place.simulatorPort),
      METRICS_PORT: String(place.metricsPort),
      LIMITS_PROFILE: 'load',
      ...variables,
      ...(crash === undefined ? {} : { CRASH_POINT: crash }),
    },
    ours: process.env,
    onOutput(_, text) {
      onOutput?.(text);
      printed = `${printed}${text}`.slice(-kept);
      if (/^ready\b/m.test(printed)) ready.resolve(undefined);
    },
  });
  const ended = running.ended.then(({ code, signal }) => signal ?? code ?? -1);
  await Promise.race([ready.promise, ended]);
  const alive = (): boolean => running.exit() === null;
  return {
    pid: running.pid,
    readyAfterMs: performance.now() - startedAt,
    alive,
    ended,
    printed: () => printed,
    async end(signal) {
      if (alive()) process.kill(running.pid, signal);
      return await ended;
    },
  };
}
