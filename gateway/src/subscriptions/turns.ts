/** Lets some work run at a time; the rest waits in the order it came. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurns(atATime: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atATime) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The turn is handed on, so nobody who comes now can take it first.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
