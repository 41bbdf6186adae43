import { setTimeout as pause } from 'node:timers/promises';
import { mixed } from '../harness/rounds.ts';
import type { System } from '../harness/system.ts';
import type { Witness } from '../harness/witness.ts';
import { askAgain, type Shop } from '../harness/workload.ts';
import { runErrands } from './errands.ts';

/** Everybody who uses the system while processes die. */
export interface Crowd {
  /** Nobody comes any more; resolves when all who came have their answer, or none. */
  stop(): Promise<void>;
}

const roundEveryMs = 2_000;
const mostRounds = 3;
/** Orders under way at which nobody new comes: a machine that is busy otherwise would only collect them. */
const mostUnderWay = 40;
const askAgainEveryMs = 1_500;

export function gatherCrowd(shop: Shop, system: System, witness: Witness): Crowd {
  const stop = new AbortController();
  const rounds = new Set<Promise<unknown>>();

  async function buyers(): Promise<void> {
    while (!stop.signal.aborted) {
      const underWay = await witness.ordersUnderWay().catch(() => 0);
      if (rounds.size < mostRounds && underWay < mostUnderWay) {
        const round: Promise<unknown> = mixed(shop).finally(() => rounds.delete(round));
        rounds.add(round);
      }
      await pause(roundEveryMs);
    }
  }
  async function patience(): Promise<void> {
    while (!stop.signal.aborted) {
      await askAgain(shop);
      await pause(askAgainEveryMs);
    }
  }
  const everybody = Promise.all([buyers(), patience(), runErrands(shop, system, stop.signal)]);
  return {
    async stop() {
      stop.abort();
      await everybody;
      await Promise.all(rounds);
    },
  };
}
