import { fingerprint } from '@tally/kernel';
import { classifyDatabaseError } from '@tally/messaging';
import type { Machine, RunningProcess, Schedule, Scheduler } from '@tally/simulation';
import type { History } from '../history.ts';
import { workloadTrouble } from '../schedule.ts';
import type { Adjustment, Plan } from '../workload/plan.ts';
import { goShopping, type Shop } from '../workload/shopper.ts';
import { methodKey, type Methods } from './furnish.ts';
import type { Fleet, World } from './open-world.ts';

/** Milliseconds between two looks of the buyers at what waits for their approval. */
const approvalEveryMs = 2_000;
const mostTries = 200;

/** Everybody outside: buyers, staff, and buyers in front of a challenge. */
export interface People {
  /** Everybody has what they came for, or knows that they will not get it. */
  allServed(): Promise<void>;
}

export function invite(options: {
  readonly schedule: Schedule;
  readonly scheduler: Scheduler;
  readonly world: World;
  readonly plan: Plan;
  readonly methods: Methods;
  readonly history: History;
  readonly struck: (kind: string) => void;
}): People {
  const { schedule, scheduler, world, plan, methods, history, struck } = options;
  const { outside, nowMs } = scheduler;
  const random = scheduler.random.fork('people');
  const startedMs = nowMs();
  const since = (): number => nowMs() - startedMs;

  /** One of the processes answers, or nobody does. What the world did to a request is no answer; what a request did wrong ends the history. */
  async function ask<App, Answer>(fleet: Fleet<App>, label: string, request: (app: App) => Promise<Answer>): Promise<Answer | null> {
    const machine = random.pick(fleet.machines as [Machine, ...Machine[]]);
    const answer = await machine.ask(label, async (process: RunningProcess) => request(fleet.appOf(process)));
    if (answer.kind === 'failed' && !isWorldly(answer.error)) throw answer.error;
    return answer.kind === 'answered' ? answer.value : null;
  }

  const shop: Shop = {
    ask: (request) => ask(world.orders, 'a client', ({ useCases }) => request(useCases)),
    sleep: outside.sleep,
    nowMs: since,
    random: random.next,
    methodOf: ({ buyer, token }) => (token === null ? null : (methods.get(methodKey(buyer.id, token)) ?? null)),
  };

  async function adjust({ key, atMs, variantId, delta }: Adjustment): Promise<void> {
    await outside.sleep(Math.max(0, atMs - since()));
    const command = { scope: plan.staff, key, fingerprint: fingerprint({ variantId, delta }), variantId, delta, reason: 'counted' };
    for (let tries = 0; tries < mostTries; tries++) {
      if ((await ask(world.products, 'staff', ({ useCases }) => useCases.adjustInventory(command))) !== null) return;
      await outside.sleep(1_000);
    }
  }

  const chance = random.fork('approvals');
  let refusalsLeft = schedule.faults['not approved'] ?? 0;
  const decided = new Set<string>();
  function approve(): void {
    for (const id of world.books.awaitingBuyers()) {
      if (decided.has(id) || chance.chance(0.5)) continue;
      decided.add(id);
      if (chance.chance(workloadTrouble['not approved']) && refusalsLeft > 0) {
        refusalsLeft -= 1;
        struck('not approved');
      } else world.books.approve(id);
    }
    outside.after(approvalEveryMs, approve);
  }
  approve();

  return {
    async allServed() {
      await Promise.all([
        ...plan.purchases.map((purchase) => goShopping(shop, history, purchase)),
        ...plan.adjustments.map((adjustment) => adjust(adjustment)),
      ]);
    },
  };
}

/** What the world did to a request, not what the request did wrong. */
const isWorldly = (error: unknown): boolean =>
  classifyDatabaseError(error) !== 'fault' || (error instanceof Error && 'retryable' in error && error.retryable === true);
