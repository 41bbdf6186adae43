import type { DumpedRecord } from '@tally/audit';
import { isCrashPoint, toUuid } from '@tally/kernel';
import { type Random } from '@tally/kernel';
import {
  createFaults,
  createScheduler,
  HistoryStuckError,
  type Faults,
  type MemoryLog,
  type Schedule,
  type Scheduler,
} from '@tally/simulation';
import { evidenceOf } from './evidence-of.ts';
import type { Evidence } from './evidence.ts';
import type { Figures } from './figures.ts';
import { openHistory, type History } from './history.ts';
import { judge } from './judge.ts';
import { complaintsOf } from './judge/clients.ts';
import { faultRates } from './schedule.ts';
import { planOf } from './workload/plan.ts';
import { furnish } from './world/furnish.ts';
import { openWorld, type World } from './world/open-world.ts';
import { invite } from './world/people.ts';

/** A sentence about what must not be, and the invariant that says so. `BUG`: something threw what no world can make it throw. */
export interface Violation {
  readonly id: string;
  readonly text: string;
}

/** What came of a history. */
export interface Outcome {
  readonly schedule: Schedule;
  readonly violations: readonly Violation[];
  readonly figures: Figures;
  /** Equal for equal histories. */
  readonly digest: string;
  /** What happened last, for whoever wants to know why. */
  readonly notes: readonly string[];
  readonly evidence: Evidence;
  readonly history: History;
}

/** Milliseconds of the world's time in which it has to become quiet once nothing goes wrong any more. */
const quietWithinMs = 900_000;
/** Trouble goes on that long at most after the last client was served. */
const troubleAfterMs = 30_000;

/** A history that takes more turns does not end. */
const turnsAtLeast = 100_000;
const turnsEach = 20_000;

/** Runs one history from its schedule and judges what is left. Never rejects because of what happened in it. */
export async function runHistory(schedule: Schedule): Promise<Outcome> {
  const { seed, size, faultyTurns } = schedule;
  const scheduler: Scheduler = createScheduler({
    seed,
    faults(random) {
      const faults = faultsOf(schedule, random);
      return faultyTurns === null ? faults : until(faultyTurns, () => scheduler.turns, faults);
    },
    mostTurns: turnsAtLeast + turnsEach * size,
  });
  const struck = new Map<string, number>();
  const strike = (kind: string): void => void struck.set(kind, (struck.get(kind) ?? 0) + 1);
  const plan = planOf(schedule, strike);
  const history = openHistory();
  const world = openWorld(scheduler);
  const failures = await scheduler
    .run(async () => {
      const methods = await furnish(world.databases, plan, world.provider);
      world.boot();
      await invite({ schedule, scheduler, world, plan, methods, history, struck: strike }).allServed();
      await scheduler.outside.sleep(scheduler.random.fork('heal').next() * troubleAfterMs);
      scheduler.faults.heal();
      return settle(scheduler, world);
    })
    .catch((error: unknown): readonly Violation[] => [brokenBy(error)]);
  for (const [kind, times] of scheduler.faults.struck) struck.set(kind, times);
  const evidence = evidenceOf({ ...world, ...witnessesOf(world, history) });
  const found = judge(evidence).flatMap(({ id, violations }) => violations.map((text) => ({ id, text })));
  const complaints = complaintsOf(history, evidence).map(({ id, violation }) => ({ id, text: violation }));
  return {
    ...{ schedule, history, evidence },
    violations: [...failures, ...found, ...complaints],
    figures: figuresOf(scheduler, world, history, evidence, struck, plan.purchases.length),
    digest: scheduler.trace.digest(),
    notes: scheduler.trace.notes,
  };
}

const faultsOf = ({ faults: most }: Schedule, random: Random): Faults => createFaults({ random, rates: faultRates, most });

/** Nothing goes wrong after so many turns. */
const until = (turns: number, now: () => number, faults: Faults): Faults => ({
  strikes(kind) {
    if (now() > turns) faults.heal();
    return faults.strikes(kind);
  },
  struck: faults.struck,
  heal: () => faults.heal(),
  get healed() {
    return faults.healed;
  },
});

/** I5: within bounded time nothing is under way any more. */
async function settle({ outside, nowMs }: Scheduler, world: World): Promise<readonly Violation[]> {
  const until = nowMs() + quietWithinMs;
  for (;;) {
    const left = world.unfinished();
    if (left === null) return [];
    if (nowMs() > until) return [{ id: 'I5', text: `not quiet after ${quietWithinMs / 60_000} min without trouble: ${left}` }];
    await outside.sleep(1_000);
  }
}

const brokenBy = (error: unknown): Violation => ({
  id: error instanceof HistoryStuckError ? 'I5' : 'BUG',
  text: error instanceof Error ? (error.stack ?? error.message) : String(error),
});

function witnessesOf({ books, log }: World, { asked }: History) {
  const told = asked.flatMap(({ what, seen }) =>
    what === 'checkout' && seen.kind === 'ok' ? [{ id: seen.orderId, total: seen.total }] : [],
  );
  return {
    log: dumpOf(log),
    parkedKeys: log.parked.map(({ group, record: { topic, key } }) => ({ consumer: group, topic, key })),
    ledger: books.ledger,
    acknowledged: told,
  };
}

const dumpOf = ({ partitions }: MemoryLog): readonly DumpedRecord[] =>
  partitions.flatMap(({ records }) =>
    records.map(({ topic, partition, position, key, eventId, type, sequence, time }) => ({
      ...{ topic, partition, position: Number(position), key, eventId: toUuid(eventId), type, sequence, time },
    })),
  );

function figuresOf(
  scheduler: Scheduler,
  world: World,
  { asked }: History,
  { orders }: Evidence,
  struck: ReadonlyMap<string, number>,
  purchases: number,
): Figures {
  const fates: Record<string, number> = {};
  for (const { status } of orders) fates[status] = (fates[status] ?? 0) + 1;
  return {
    ...{ histories: 1, purchases, accepted: orders.length, fates, turns: scheduler.turns },
    worldSeconds: (scheduler.nowMs() - Date.UTC(2026, 0, 1)) / 1_000,
    kills: [...scheduler.kills.values()].reduce((all, times) => all + times, 0),
    reached: Object.fromEntries(scheduler.reached),
    killedAt: Object.fromEntries([...scheduler.kills].filter(([by]) => isCrashPoint(by))),
    killsInSagas: world.killsInSagas,
    replays: asked.filter(({ seen }) => seen.kind === 'ok' && seen.replayed).length,
    fired: { ...Object.fromEntries(struck), redelivered: world.log.repeats },
  };
}
