/** A limited number of permits, given in the order they were asked for. */
export interface Permits {
  /** Runs `work` once a permit is free. */
  with<T>(work: () => Promise<T>): Promise<T>;
}

/** @param count permits, 1 or more. */
export function createPermits(count: number): Permits {
  let free = count;
  const queue: (() => void)[] = [];
  return {
    async with(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => queue.push(resolve));
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
