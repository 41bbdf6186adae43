/** What became of one request, as its client saw it. `info`: anything may have happened. */
export type Seen =
  | { readonly kind: 'ok'; readonly orderId: string; readonly total: number; readonly replayed: boolean }
  | { readonly kind: 'refused'; readonly why: readonly string[] }
  | { readonly kind: 'info' };

/** One request. Whatever a client does is on record before it is asked, so that nothing it was told can get lost with it. */
export interface Asked {
  readonly what: 'checkout' | 'cancel';
  readonly buyerId: string;
  readonly key: string;
  /** What was meant, as text: equal for equal requests. */
  readonly intent: string;
  /** Order of happening. */
  readonly began: number;
  ended: number | null;
  seen: Seen;
}

/** The record of all clients of one history. */
export interface History {
  readonly asked: readonly Asked[];
  begin(request: Pick<Asked, 'what' | 'buyerId' | 'key' | 'intent'>): Asked;
  end(asked: Asked, seen: Seen): void;
}

/** An empty record. */
export function openHistory(): History {
  const asked: Asked[] = [];
  let moments = 0;
  return {
    asked,
    begin(request) {
      const entry: Asked = { ...request, began: ++moments, ended: null, seen: { kind: 'info' } };
      asked.push(entry);
      return entry;
    },
    end(entry, seen) {
      entry.ended = ++moments;
      entry.seen = seen;
    },
  };
}
