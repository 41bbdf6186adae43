import type { Logger } from '@tally/messaging';

/*
 * The states of a worker. *Looking*: it claims what is due, as much as it has room for. *Full*: it waits for one of its own to end. *Idle*: nothing
 * was due; a wake-up or the poll makes it look again. *Stopping*: it claims no more and lets what it holds run to its end.
 */

/** A running worker. Disposal stops claiming and waits for what is held. */
export interface LeasedWorker extends AsyncDisposable {
  /** Something is due, now or in that many milliseconds. Only shortens the wait for the poll. */
  wake(inMs?: number): void;
}

export interface LeasedWorkerOptions<Job> {
  readonly name: string;
  /** Jobs at once. */
  readonly concurrency: number;
  /** How long a claim holds, in milliseconds of database time; renewed at a third. */
  readonly leaseMs: number;
  /** How often it looks without being woken, in milliseconds. */
  readonly pollMs: number;
  readonly claim: (limit: number, leaseMs: number) => Promise<readonly Job[]>;
  readonly renew: (held: readonly Job[], leaseMs: number) => Promise<void>;
  /** A rejection is logged: the lease runs out and somebody takes the job up again. */
  readonly work: (job: Job) => Promise<void>;
  readonly logger: Logger;
}

// A timer may fire a moment before its time by the database's clock.
const lateMs = 5;

/** Starts a worker that claims jobs and carries out several at once. */
export function startLeasedWorker<Job>(options: LeasedWorkerOptions<Job>): LeasedWorker {
  const { name, concurrency, leaseMs, pollMs, logger } = options;
  const held = new Map<Job, Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;
  let rung = true;
  let answer: (() => void) | undefined;

  const ring = (): void => {
    rung = true;
    answer?.();
  };
  const wait = async (): Promise<void> => {
    if (!rung && !stopping) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        answer = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    answer = undefined;
    rung = false;
  };

  async function carry(job: Job): Promise<void> {
    try {
      await options.work(job);
    } catch (error) {
      logger.error({ err: error, worker: name }, 'a job failed; it is taken up again after its lease');
    } finally {
      const wasFull = held.size >= concurrency;
      held.delete(job);
      if (wasFull) ring();
    }
  }

  async function look(): Promise<void> {
    const room = concurrency - held.size;
    if (room <= 0) return;
    try {
      const jobs = await options.claim(room, leaseMs);
      for (const job of jobs) held.set(job, carry(job));
    } catch (error) {
      logger.warn({ err: error, worker: name }, 'nothing could be claimed; the next look comes with the poll');
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      await wait();
      if (!stopping) await look();
    }
  }

  const renewal = setInterval(() => {
    if (held.size === 0) return;
    options.renew([...held.keys()], leaseMs).catch((error: unknown) => {
      logger.warn({ err: error, worker: name }, 'leases could not be renewed');
    });
  }, leaseMs / 3);
  const running = run();

  return {
    wake(inMs = 0) {
      if (inMs <= 0) return ring();
      // The poll finds what is due later.
      if (inMs > pollMs || stopping) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        ring();
      }, inMs + lateMs);
      timers.add(timer);
    },
    async [Symbol.asyncDispose]() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      ring();
      await running;
      await Promise.all(held.values());
      clearInterval(renewal);
    },
  };
}
