/** What happened in a history, boiled down to a digest: equal digests mean equal histories, turn for turn. */
export interface Trace {
  /** Somebody's turn. */
  turn(actor: number, nowMs: number): void;
  /** Something worth telling, besides turns. */
  note(text: string): void;
  /** 16 hexadecimal digits over everything so far. */
  digest(): string;
  /** The newest notes, oldest first. */
  readonly notes: readonly string[];
}

const mostNotes = 400;

/** An empty trace. @param stamp put before each note, for example the time. */
export function createTrace(stamp: () => string): Trace {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  const notes: string[] = [];
  const mix = (value: number): void => {
    high = Math.imul(high ^ value, 0x01000193);
    low = Math.imul(low ^ (high >>> 13) ^ value, 0x85ebca6b);
  };
  return {
    turn(actor, nowMs) {
      mix(actor);
      mix(nowMs * 1000);
    },
    note(text) {
      for (let at = 0; at < text.length; at += 1) mix(text.charCodeAt(at));
      notes.push(`${stamp()} ${text}`);
      if (notes.length > mostNotes * 2) notes.splice(0, mostNotes);
    },
    digest: () => [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join(''),
    get notes() {
      return notes.slice(-mostNotes);
    },
  };
}
