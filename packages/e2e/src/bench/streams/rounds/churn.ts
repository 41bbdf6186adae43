import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@tally/testkit';
import { createProgress } from '../../report/progress.ts';
import { restingHeap } from '../memory-of.ts';
import { cancelStates, type CancelState, type ChurnOrder } from '../crowd/churn.ts';
import type { Side, Stage } from '../stage.ts';
import type { Gateway } from '../systems/gateway.ts';
import { ownOrder, stockLevel } from '../watched.ts';

/** What subscribing and cancelling left behind. */
export interface Churned {
  readonly cycles: Readonly<Record<CancelState, number>>;
  /** Heap after a fifth of the cycles, and after all. */
  readonly heapBytes: readonly [number, number];
  /** What the gateway still counts as open, by metric. */
  readonly left: Readonly<Record<string, number>>;
  /** Replays that the gateway gave up, as their owner saw it. */
  readonly abandoned: number;
  /** Queues that were full, as the gateway counts them. */
  readonly overflows: number;
  readonly cpuMsPerCycle: number;
  readonly perSecond: number;
}

const shares: Readonly<Record<CancelState, number>> = {
  'before the replay': 0.25,
  'awaiting the replay': 0.25,
  'in the replay': 0.03,
  live: 0.46,
  'queue full': 0.01,
};
const sockets = 8;
const longPast = 50;
/** More than a socket takes without being read: 12 MB. */
const flood = { events: 200, note: 'n'.repeat(60_000) };
/** Far longer than a client needs to take back what it has asked for. */
const hesitationMs = 2_000;
const busyPerSecond = 100;
const openCounts = ['gateway_subscriptions_active', 'gateway_sockets_active'];

export async function playChurn(stage: Stage, side: Side<Gateway>, cycles: number): Promise<Churned> {
  const { system, crowd, cpuMs } = side;
  const order = await prepare(stage, side);
  await using _ = keepBusy(side, order.busy);
  const first = countsOf(cycles * 0.2);
  const all = countsOf(cycles);
  const rest = Object.fromEntries(cancelStates.map((state) => [state, all[state] - first[state]])) as Record<CancelState, number>;
  const progress = createProgress('subscribing and cancelling', cycles);
  const [cpuBefore, startedAt, abandonedBefore] = [await cpuMs(), performance.now(), stage.owner.abandoned()];
  await crowd.churn({ ...order.churn, cycles: first }, progress);
  const early = await settledHeap(system);
  await crowd.churn({ ...order.churn, cycles: rest }, (done) => {
    progress(done + cycles * 0.2);
  });
  const elapsedMs = performance.now() - startedAt;
  const spent = (await cpuMs()) - cpuBefore;
  const late = await settledHeap(system);
  const left = await Promise.all(openCounts.map(async (name) => [name, await system.metric(name)] as const));
  const count = (counts: Readonly<Record<CancelState, number>>): number => Object.values(counts).reduce((sum, each) => sum + each, 0);
  return {
    cycles: all,
    abandoned: stage.owner.abandoned() - abandonedBefore,
    heapBytes: [early, late],
    left: Object.fromEntries(left),
    overflows: await system.metric('gateway_overflow_total'),
    cpuMsPerCycle: spent / count(all),
    perSecond: (count(all) / elapsedMs) * 1000,
  };
}

function countsOf(cycles: number): Record<CancelState, number> {
  return Object.fromEntries(cancelStates.map((state) => [state, Math.ceil((cycles * shares[state]) / 200) * 200])) as Record<
    CancelState,
    number
  >;
}

async function prepare(
  stage: Stage,
  { system, past }: Side<Gateway>,
): Promise<{ churn: Omit<ChurnOrder, 'cycles'>; busy: readonly string[] }> {
  const { key: order, guest } = await stage.newGuest(ownOrder);
  const { key: variant } = await stage.newGuest(stockLevel);
  const [still, hesitant, long, flooded] = [ownOrder.newKey(), ownOrder.newKey(), ownOrder.newKey(), ownOrder.newKey()];
  past.begin(still, 1);
  past.begin(hesitant, 1, { afterMs: hesitationMs });
  past.begin(long, longPast);
  past.begin(flooded, flood.events, { note: flood.note });
  return {
    busy: [order, variant],
    churn: {
      port: system.port,
      init: guest.init,
      sockets,
      subscribe: {
        still: stage.subscription(ownOrder, still, null),
        hesitant: stage.subscription(ownOrder, hesitant, null),
        past: stage.subscription(ownOrder, long, 0),
        busy: [guest.subscribe, stage.subscription(stockLevel, variant, null)],
        flood: stage.subscription(ownOrder, flooded, 0),
      },
    },
  };
}

/** Something happens to each of these keys all the time, until disposal; which rejects when the log refused it. */
function keepBusy({ system, past }: Side<Gateway>, keys: readonly string[]): AsyncDisposable {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await system.publish(keys.map((key) => ({ key, sequence: past.next(key) })));
      await pause(1000 / busyPerSecond);
    }
  };
  const ended = run();
  ended.catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended;
    },
  };
}

/** Heap without garbage, once every socket is known to be gone. */
async function settledHeap({ metric, inspector }: Gateway): Promise<number> {
  await eventually(async () => (await metric('gateway_sockets_active')) === 0, { timeoutMs: 30_000 });
  return await restingHeap(inspector);
}
