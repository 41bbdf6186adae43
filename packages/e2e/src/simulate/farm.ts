import { Worker } from 'node:worker_threads';
import type { Schedule } from '@tally/simulation';
import type { Figures } from './figures.ts';
import type { Violation } from './run-history.ts';

/** What a thread says of a history. */
export interface Reported {
  readonly schedule: Schedule;
  readonly violations: readonly Violation[];
  readonly figures: Figures;
}

/**
 * Runs histories on several threads, one after the other on each, until there is none left.
 *
 * @param options.next gives the next schedule, or `null` when there is none.
 * @param options.reported called for each history, in the order in which they end.
 * @throws what a thread died of.
 */
export async function farm(options: {
  readonly threads: number;
  readonly next: () => Schedule | null;
  readonly reported: (reported: Reported) => void;
}): Promise<void> {
  const { threads, next, reported } = options;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      await new Promise<void>((resolve, reject) => {
        const give = (): void => {
          const schedule = next();
          if (schedule === null) resolve();
          else worker.postMessage(schedule);
        };
        worker.on('error', reject);
        worker.on('exit', (code) => reject(new Error(`a thread ended with ${code}`)));
        worker.on('message', (message: Reported) => {
          reported(message);
          give();
        });
        give();
      });
    } finally {
      worker.removeAllListeners('exit');
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
}
