import type { DeliveredRecord } from '@tally/messaging';
import { LiveEvent } from './live-event.ts';

/** Who listens to keys. */
export interface Listener {
  /**
   * @param position of the key among those the listener has asked for.
   * @param gap records of this key are missing before this one.
   */
  take(event: LiveEvent, position: number, gap: boolean): void;
}

/** Who listens to which keys of which topics: what a record meets first. Most records meet nobody, and are not even parsed. */
export interface KeyIndex {
  listen(topic: string, keys: readonly string[], listener: Listener): void;
  leave(topic: string, keys: readonly string[], listener: Listener): void;
  record(record: DeliveredRecord): void;
  /** Records may be missing: what was seen so far says nothing about what comes. */
  forgetSequences(): void;
  /** Keys that somebody listens to. */
  readonly size: number;
}

interface Watched {
  /** Sequence of the newest record since somebody listens; `null`: there was none. */
  newest: number | null;
  readonly listeners: Map<Listener, number>;
}

export function createKeyIndex(): KeyIndex {
  const topics = new Map<string, Map<string, Watched>>();
  return {
    listen(topic, keys, listener) {
      const watched = topics.get(topic) ?? new Map<string, Watched>();
      topics.set(topic, watched);
      for (const [position, key] of keys.entries()) {
        const one = watched.get(key);
        if (one === undefined) watched.set(key, { newest: null, listeners: new Map([[listener, position]]) });
        else one.listeners.set(listener, position);
      }
    },
    leave(topic, keys, listener) {
      const watched = topics.get(topic);
      for (const key of keys) {
        const one = watched?.get(key);
        one?.listeners.delete(listener);
        if (one?.listeners.size === 0) watched?.delete(key);
      }
      if (watched?.size === 0) topics.delete(topic);
    },
    record(record) {
      const watched = topics.get(record.topic)?.get(record.key);
      if (watched === undefined) return;
      const { newest } = watched;
      // The log gives a record twice when it was away in between.
      if (newest !== null && record.sequence <= newest) return;
      watched.newest = record.sequence;
      const gap = newest !== null && record.sequence > newest + 1;
      const event = new LiveEvent(record);
      for (const [listener, position] of watched.listeners) listener.take(event, position, gap);
    },
    forgetSequences() {
      for (const watched of topics.values()) for (const one of watched.values()) one.newest = null;
    },
    get size() {
      let keys = 0;
      for (const watched of topics.values()) keys += watched.size;
      return keys;
    },
  };
}
