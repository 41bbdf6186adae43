/** What one append added to a topic: positions above `base` up to `last`, in these partitions. Readers are woken with it. */
export interface Appended {
  readonly topic: string;
  readonly base: number;
  readonly last: number;
  readonly partitions: readonly number[];
}

/** As the subject of a wake-up: `topic base last partition,partition`. */
export const toSubject = ({ topic, base, last, partitions }: Appended): string => `${topic} ${base} ${last} ${partitions.join(',')}`;

/** `null` when the text is no such subject. */
export function parseSubject(subject: string): Appended | null {
  const [topic, base, last, partitions] = subject.split(' ');
  if (topic === undefined || base === undefined || last === undefined || partitions === undefined) return null;
  return { topic, base: Number(base), last: Number(last), partitions: partitions.split(',').map(Number) };
}

/**
 * How far a reader has looked at a topic. Positions have no gaps, so appends that join up with what was seen name every partition that has something
 * new; a hole means that somebody else appended there, and only a look at the head tells.
 */
export interface TopicProgress {
  /** Takes news of an append. */
  note(appended: Pick<Appended, 'base' | 'last'>): void;
  /** Takes the head as read. `true`: there are positions that no news told of, so every partition may have something. */
  look(head: number): boolean;
}

/** Progress from a head; news beyond a hole are kept until the hole is filled, at most that many. */
export function createTopicProgress(head: number, keptAhead = 100): TopicProgress {
  let seen = head;
  const ahead = new Map<number, number>();
  return {
    note({ base, last }) {
      if (last <= seen) return;
      if (base > seen) {
        if (ahead.size < keptAhead) ahead.set(base, last);
        return;
      }
      for (let end: number | undefined = last; end !== undefined; end = ahead.get(seen)) {
        ahead.delete(seen);
        seen = end;
      }
    },
    look(current) {
      const unseen = current > seen;
      seen = Math.max(seen, current);
      for (const [base, last] of ahead) if (last <= seen || base < seen) ahead.delete(base);
      return unseen;
    },
  };
}
