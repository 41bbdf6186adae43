import { crashPoint } from '@tally/kernel';
import type pg from 'pg';
import type { Logger } from '../logger.ts';
import { keyOf, type HeldPartition } from './held-partition.ts';
import { commitPositions } from './positions.ts';

/** Writes handled positions, several partitions in one statement. A position is written a little late, never early. */
export interface Committing {
  /** Writes within the delay; repeated until it succeeds. */
  soon(): void;
  /** Writes what is handled by now. @throws the database's error; nothing is lost, the next call writes it. */
  now(): Promise<void>;
  stop(): void;
}

/** @param fenced called with a partition whose claim did not hold any more: nothing was written for it. */
export function createCommitting(options: {
  readonly pool: pg.Pool;
  readonly group: string;
  readonly held: ReadonlyMap<string, HeldPartition>;
  readonly delayMs: number;
  readonly fenced: (partition: HeldPartition) => void;
  readonly logger: Logger;
}): Committing {
  const { pool, group, held, delayMs, fenced, logger } = options;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();

  const commit = async (): Promise<void> => {
    const reached = [...held.values()]
      .filter(({ handled, committed }) => handled > committed)
      .map((partition) => ({ partition, to: partition.handled }));
    if (reached.length === 0) return;
    crashPoint('log.position.before');
    const positions = reached.map(({ partition: { topic, partition, epoch }, to }) => ({ topic, partition, epoch, position: to }));
    const moved = new Set((await commitPositions(pool, group, positions)).map(keyOf));
    crashPoint('log.position.after');
    for (const { partition, to } of reached) {
      if (moved.has(keyOf(partition))) partition.committed = to;
      else fenced(partition);
    }
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const now = (): Promise<void> => {
    stop();
    const next = last.then(commit);
    last = next.catch(() => undefined);
    return next;
  };
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      now().catch((error: unknown) => {
        logger.debug({ err: error, group }, 'positions could not be written yet');
        soon();
      });
    }, delayMs);
  };
  return { soon, now, stop };
}
