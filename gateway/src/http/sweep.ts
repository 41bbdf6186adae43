import type { StreamLimits } from '../limits/profile.ts';

/** A client who stays: holder of a socket, or of a response that carries a stream. */
export interface Resident {
  /** A heartbeat is due. A resident that waits to be read gets none. */
  beat(): void;
  /** Bytes that have left for the client so far. */
  drainedBytes(): number;
  /** Lets go at once: the client does not read. */
  drop(): void;
}

/** Somebody whose first word is awaited. */
export interface Newcomer {
  /** The deadline has passed. */
  late(): void;
}

/** One timer for everybody: heartbeats, first words that are overdue, and clients that do not read. */
export interface Sweep extends Disposable {
  /** @returns the resident's seat, to be given back. */
  add(resident: Resident): number;
  remove(resident: Resident, seat: number): void;
  /** The resident's client reads too slowly from here on. */
  stalled(resident: Resident): void;
  flowing(resident: Resident): void;
  /** A newcomer is told to be late after `initMs`, unless it has arrived by then. */
  expect(newcomer: Newcomer): void;
  arrived(newcomer: Newcomer): void;
}

interface Stall {
  drained: number;
  since: number;
}

const longestTickMs = 250;

/**
 * Residents sit around a ring with a seat per tick; the sweep goes round once in a heartbeat, so beats are spread over time and a tick costs what it
 * has to do.
 */
export function startSweep({ initMs, heartbeatMs, silenceMs }: StreamLimits): Sweep {
  const tickMs = Math.min(longestTickMs, heartbeatMs / 4);
  const ring = Array.from({ length: Math.round(heartbeatMs / tickMs) }, () => new Set<Resident>());
  const stalls = new Map<Resident, Stall>();
  // In the order of their deadlines.
  const expected = new Map<Newcomer, number>();
  let hand = 0;

  function tick(): void {
    const now = performance.now();
    for (const [newcomer, deadline] of expected) {
      if (deadline > now) break;
      expected.delete(newcomer);
      newcomer.late();
    }
    for (const [resident, stall] of stalls) {
      const drained = resident.drainedBytes();
      if (drained !== stall.drained) {
        stall.drained = drained;
        stall.since = now;
      } else if (now - stall.since >= silenceMs) {
        resident.drop();
      }
    }
    hand = (hand + 1) % ring.length;
    for (const resident of ring[hand] ?? []) {
      if (!stalls.has(resident)) resident.beat();
    }
  }

  const timer = setInterval(tick, tickMs);
  return {
    add(resident) {
      // The seat just passed: its first beat is a whole round away.
      ring[hand]?.add(resident);
      return hand;
    },
    remove(resident, seat) {
      ring[seat]?.delete(resident);
      stalls.delete(resident);
    },
    stalled(resident) {
      stalls.set(resident, { drained: resident.drainedBytes(), since: performance.now() });
    },
    flowing(resident) {
      stalls.delete(resident);
    },
    expect(newcomer) {
      expected.set(newcomer, performance.now() + initMs);
    },
    arrived(newcomer) {
      expected.delete(newcomer);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}
