import { subjectOf, type Caller } from '@tally/identity';
import { LRUCache } from 'lru-cache';
import type { StreamLimits } from './profile.ts';
import { networkOf } from './rate-limiter.ts';

/** Why nobody more may come; a label of `gateway_sockets_rejected_total`. */
export type Crowded = 'connects' | 'address' | 'total';

/** Those who stay open, counted: in all, by address and by caller. An IPv6 network counts as one address. */
export interface Occupancy {
  /** Takes a place, which counts until `leave`. `retryAfterMs` is there where waiting helps. */
  enter(address: string): { readonly ok: true } | { readonly ok: false; readonly because: Crowded; readonly retryAfterMs: number | null };
  /** Counts a place for its caller too. `false`: the caller has as many as one may have, and this one is not counted. */
  identify(caller: Caller): boolean;
  /** Gives a place back. @param caller whom it was counted for; anonymous when it was for nobody. */
  leave(address: string, caller: Caller): void;
}

const maxAddresses = 100_000;
const minute = 60_000;

/** @param now milliseconds that only grow. */
export function createOccupancy(limits: StreamLimits, now: () => number = () => performance.now()): Occupancy {
  const byAddress = new Map<string, number>();
  const byCaller = new Map<string, number>();
  // Token buckets: what was left, and when. One that was forgotten is full.
  const connects = new LRUCache<string, { readonly left: number; readonly at: number }>({ max: maxAddresses });
  let total = 0;

  /** Milliseconds until the address may connect; 0 takes the point. */
  function connect(network: string): number {
    const known = connects.get(network) ?? { left: limits.connectsPerMinute, at: 0 };
    const at = now();
    const left = Math.min(limits.connectsPerMinute, known.left + ((at - known.at) / minute) * limits.connectsPerMinute);
    if (left < 1) return ((1 - left) / limits.connectsPerMinute) * minute;
    connects.set(network, { left: left - 1, at });
    return 0;
  }

  return {
    enter(address) {
      const network = networkOf(address);
      const waitMs = connect(network);
      if (waitMs > 0) return { ok: false, because: 'connects', retryAfterMs: Math.ceil(waitMs) };
      if (total >= limits.open) return { ok: false, because: 'total', retryAfterMs: null };
      if ((byAddress.get(network) ?? 0) >= limits.openPerAddress) return { ok: false, because: 'address', retryAfterMs: null };
      total += 1;
      add(byAddress, network, 1);
      return { ok: true };
    },
    identify(caller) {
      const owner = subjectOf(caller);
      if (owner === null) return true;
      if ((byCaller.get(owner) ?? 0) >= limits.openPerCaller) return false;
      add(byCaller, owner, 1);
      return true;
    },
    leave(address, caller) {
      total -= 1;
      add(byAddress, networkOf(address), -1);
      const owner = subjectOf(caller);
      if (owner !== null) add(byCaller, owner, -1);
    },
  };
}

function add(counts: Map<string, number>, key: string, step: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + step;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
