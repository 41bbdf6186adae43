/** Who runs and who has ended, of processes that are started again and again. */
export interface Lives {
  begun(name: string): void;
  over(name: string): void;
  isAlive(name: string): boolean;
  /** Resolves when its present life is over. */
  ended(name: string): Promise<void>;
}

export function keepLives(): Lives {
  const ends = new Map<string, PromiseWithResolvers<undefined>>();
  return {
    begun: (name) => void ends.set(name, Promise.withResolvers()),
    over(name) {
      ends.get(name)?.resolve(undefined);
      ends.delete(name);
    },
    isAlive: (name) => ends.has(name),
    ended: async (name) => ends.get(name)?.promise,
  };
}
