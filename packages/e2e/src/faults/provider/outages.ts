import { setTimeout as pause } from 'node:timers/promises';
import type { SimulatorAdmin } from '@tally/payment-simulator';
import type { FaultProxy } from '@tally/testkit';
import type { Witness } from '../../harness/witness.ts';
import type { Traffic } from '../traffic.ts';

/** A time in which the provider served nobody. Milliseconds. */
export interface Outage {
  readonly phase: 'slow' | 'down';
  /** Of `Date.now()`, when it began. */
  readonly since: number;
  /** Checkouts that were accepted in it. */
  readonly accepted: number;
  /** Connections to the provider at once. */
  readonly peak: number;
  /** From the provider's return until every order of that time had ended; `null`: they did not in time. */
  readonly settledMs: number | null;
}

export interface Surroundings {
  readonly traffic: Traffic;
  readonly admin: SimulatorAdmin;
  readonly proxy: FaultProxy;
  readonly witness: Witness;
  readonly say: (line: string) => void;
}

const awayMs = 20_000;
const settlePatienceMs = 150_000;
/** More than the provider is called for at once. */
const crowd = 14;
/** So many calls are slow; more than are made in that time. */
const slowCalls = 300;

/** Every charge takes 30 seconds, for a while. */
export const beSlow = (surroundings: Surroundings): Promise<Outage> =>
  outage(
    'slow',
    surroundings,
    () => surroundings.admin.script({ operation: 'authorise', behaviours: Array.from({ length: slowCalls }, () => 'delay:30000') }),
    () => surroundings.admin.clearScript(),
  );

/** Nobody listens where the provider was, for a while. */
export const beDown = (surroundings: Surroundings): Promise<Outage> =>
  outage(
    'down',
    surroundings,
    () => surroundings.proxy.refuse(),
    () => {
      surroundings.proxy.heal();
      return Promise.resolve();
    },
  );

async function outage(
  phase: Outage['phase'],
  { traffic, proxy, witness, say }: Surroundings,
  begin: () => Promise<void>,
  end: () => Promise<void>,
): Promise<Outage> {
  proxy.forget();
  await begin();
  const since = Date.now();
  traffic.enter(phase);
  traffic.burst(crowd);
  await pause(awayMs);
  await end();
  const backAt = performance.now();
  traffic.enter(`after ${phase}`);
  const { peak } = proxy;
  const open = (): Promise<readonly string[]> => witness.underWay();
  const accepted = new Set(traffic.visits.flatMap((visit) => (visit.phase === phase ? (visit.purchase?.orderId ?? []) : [])));
  const settledMs = await untilNone(accepted, open, backAt);
  say(
    `${phase} for ${String(awayMs / 1_000)} s: ${String(accepted.size)} checkouts accepted, ${settledMs === null ? 'NOT SETTLED' : `settled ${(settledMs / 1_000).toFixed(1)} s after it was back`}`,
  );
  return { phase, since, accepted: accepted.size, peak, settledMs };
}

/** Waits until none of these orders is under way. @returns milliseconds since then; `null`: patience ended. */
async function untilNone(orders: ReadonlySet<string>, underWay: () => Promise<readonly string[]>, since: number): Promise<number | null> {
  const wanted = new Set([...orders].map(bare));
  while (performance.now() - since < settlePatienceMs) {
    const open = await underWay();
    if (!open.some((id) => wanted.has(bare(id)))) return performance.now() - since;
    await pause(300);
  }
  return null;
}

/** The same for every spelling of an id. */
const bare = (id: string): string => id.replace(/^ord_/, '').replaceAll('-', '');
