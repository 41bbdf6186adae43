/** Where the stream of each key stands: what the owner of the data would know. */
export interface Past {
  /** 0: nothing happened yet. */
  at(key: string): number;
  /** Something happens: its sequence. */
  next(key: string): number;
  /** So many things happened before anybody looked. */
  begin(key: string, events: number, telling?: Partial<Telling>): void;
  telling(key: string): Telling;
}

/** How the owner answers for a key. */
export interface Telling {
  /** Of each event. */
  readonly note: string | null;
  readonly afterMs: number;
}

const plainly: Telling = { note: null, afterMs: 0 };

export function createPast(): Past {
  const sequences = new Map<string, number>();
  const tellings = new Map<string, Telling>();
  const at = (key: string): number => sequences.get(key) ?? 0;
  return {
    at,
    next(key) {
      const sequence = at(key) + 1;
      sequences.set(key, sequence);
      return sequence;
    },
    begin(key, events, telling) {
      sequences.set(key, events);
      if (telling !== undefined) tellings.set(key, { ...plainly, ...telling });
    },
    telling: (key) => tellings.get(key) ?? plainly,
  };
}
