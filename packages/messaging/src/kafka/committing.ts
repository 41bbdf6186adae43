import { crashPoint } from '@tally/kernel';
import type { Logger } from '../logger.ts';
import type { TopicPartition } from './assignment.ts';
import type { HeldPartition } from './held-partition.ts';

/** A partition and the next offset to handle in it. */
export interface ReachedOffset extends TopicPartition {
  readonly offset: bigint;
}

/** Writes handled offsets, all partitions in one request. An offset is written a little late, never early. */
export interface Committing {
  /** Writes within the delay; repeated until it succeeds. */
  soon(): void;
  /** Writes what is handled by now. @throws what the request threw; nothing is lost, the next call writes it. */
  now(): Promise<void>;
  stop(): void;
}

/** @param options.commit as a member of the group: what is written under an older generation is refused. */
export function createCommitting(options: {
  readonly held: () => Iterable<HeldPartition>;
  readonly commit: (reached: readonly ReachedOffset[]) => Promise<void>;
  readonly delayMs: number;
  readonly group: string;
  readonly logger: Logger;
}): Committing {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let last: Promise<void> = Promise.resolve();

  const commit = async (): Promise<void> => {
    const reached = [...options.held()]
      .filter(({ handled, committed, lost }) => handled > committed && !lost)
      .map((partition) => ({ partition, offset: partition.handled }));
    if (reached.length === 0) return;
    crashPoint('log.position.before');
    await options.commit(reached.map(({ partition: { topic, partition }, offset }) => ({ topic, partition, offset })));
    crashPoint('log.position.after');
    for (const { partition, offset } of reached) partition.committed = offset;
  };
  const clear = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const now = (): Promise<void> => {
    clear();
    const next = last.then(commit);
    last = next.catch(() => undefined);
    return next;
  };
  const soon = (): void => {
    if (stopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      now().catch((error: unknown) => {
        options.logger.debug({ err: error, group: options.group }, 'positions could not be written yet');
        soon();
      });
    }, options.delayMs);
  };
  return {
    soon,
    now,
    stop() {
      stopped = true;
      clear();
    },
  };
}
