import { toText, type Finding } from '@tally/audit';
import { openSql } from '@tally/testkit';
import type { CrashPoint } from '@tally/kernel';
import { keepEvidence } from '../harness/evidence.ts';
import { acknowledged, unknown, type History } from '../harness/history.ts';
import { createRandom } from '@tally/kernel';
import { openShopOn } from '../harness/shop-on.ts';
import { startSystem } from '../harness/start-system.ts';
import type { SetUp, System } from '../harness/system.ts';
import { createWitness } from '../harness/witness.ts';
import { askAgain, type Shop } from '../harness/workload.ts';
import { gatherCrowd, type Crowd } from './crowd.ts';
import { tryInTurn, type Hands } from './hand.ts';
import { outliveLease, type LostLease } from './lost-lease.ts';
import { createOrchestrator } from './orchestrator.ts';
import { openParking } from './parking.ts';
import { queuesOf } from './queues.ts';
import { killAtRandom } from './random-kills.ts';
import { watchRecovery, type Killed } from './recovery.ts';
import { healWithin, quietWithin } from './quiet.ts';

export interface RunOptions {
  readonly setUp: SetUp;
  /** Empty. */
  readonly folder: string;
  readonly seed: number;
  readonly points: readonly CrashPoint[];
  /** At random moments, besides the points. */
  readonly kills: number;
  /** Without the worker that is stopped past its lease. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const progressEveryMs = 15_000;
// Leases of the log hold 15 s, those of payments 30 s.
const [breathMs, quickBreathMs] = [32_000, 10_000];

/** What one set-up came to. Times in milliseconds. */
export interface RunResult {
  readonly setUp: SetUp;
  readonly kills: readonly Killed[];
  /** Points at which nobody died. */
  readonly silent: readonly CrashPoint[];
  readonly purchases: number;
  readonly orders: number;
  readonly sold: number;
  readonly lostLease: LostLease | null;
  /** `null`: it did not come about. */
  readonly quietMs: number | null;
  readonly findings: readonly Finding[];
  /** What else was wrong, in words. */
  readonly faults: readonly string[];
  readonly tookMs: number;
}

/** One set-up: every point, and kills at random moments, while people go on; then quiet, and the audit. @param stack gets everything that must be stopped. */
export async function crash(options: RunOptions, stack: AsyncDisposableStack): Promise<RunResult> {
  const { setUp, folder, seed, say } = options;
  const startedAt = performance.now();
  const scene = await openScene(options, stack);
  const { system, witness, recovery, orchestrator, history, silent, faults } = scene;
  const lostLease = await killEverywhere(scene, options);
  const quietMs = await calmDown(scene, say);
  const findings = await witness.audit(history);
  const sold = await soldOrders(system);
  faults.push(...orchestrator.faults, ...system.unasked, ...(await leftovers(scene)));
  say(`\n${toText(findings)}`);
  if (findings.some(({ violations }) => violations.length > 0) || faults.length > 0 || silent.length > 0 || quietMs === null)
    await keepEvidence(folder, system, { seed, setUp, kills: recovery.kills, ...history }, findings);
  return {
    setUp,
    kills: recovery.kills,
    silent,
    purchases: history.purchases.length,
    orders: acknowledged(history).length,
    sold,
    lostLease,
    quietMs,
    findings,
    faults,
    tookMs: performance.now() - startedAt,
  };
}

/** A system, everybody who uses it, and everybody who looks at it. */
interface Scene extends Hands {
  readonly system: System;
  readonly shop: Shop;
  readonly history: History;
  readonly crowd: Crowd;
  readonly faults: string[];
}

async function openScene({ setUp, folder, seed, quick, say }: RunOptions, stack: AsyncDisposableStack): Promise<Scene> {
  const history: History = { purchases: [] };
  const system = stack.use(await startSystem(setUp, { folder, progress: say, workers: { payments: 2 } }));
  const shop = await openShopOn(system, seed + 1, history, stack);
  const witness = createWitness(system);
  const recovery = stack.use(watchRecovery(witness, (killed) => say(lineOf(killed))));
  const progress = setInterval(
    () => say(`… ${String(recovery.kills.length)} kills, ${String(acknowledged(history).length)} orders`),
    progressEveryMs,
  );
  stack.defer(() => clearInterval(progress));
  return {
    system,
    shop,
    history,
    witness,
    recovery,
    orchestrator: createOrchestrator(system, recovery, (name, what) => say(`${name} does not start at once: ${what.slice(0, 200)}`)),
    parking: openParking(shop, system, shop.variantIds[0] ?? ''),
    crowd: gatherCrowd(shop, system, witness),
    silent: [],
    faults: [],
    breathMs: setUp === 'one-process' ? 0 : quick ? quickBreathMs : breathMs,
  };
}

/** @returns what became of the worker that was stopped past its lease; `null`: none was. */
async function killEverywhere(scene: Scene, { setUp, seed, points, kills, quick, say }: RunOptions): Promise<LostLease | null> {
  const { system, shop, orchestrator, recovery, silent, faults } = scene;
  const { payments, others } = queuesOf(system, points, seed);
  const hands = async (): Promise<LostLease | null> => {
    await Promise.all(payments.map((aims) => tryInTurn(aims, scene)));
    if (quick || setUp === 'one-process') return null;
    return await outliveLease(system, shop, orchestrator).catch((error: unknown) => {
      faults.push(`the worker that was stopped past its lease: ${String(error)}`);
      return null;
    });
  };
  const random = killAtRandom(system, orchestrator, createRandom(seed), kills);
  const [lostLease] = await Promise.all([hands(), random, ...others.map((aims) => tryInTurn(aims, scene))]);
  if (lostLease !== null)
    say(`a worker that was stopped for ${seconds(lostLease.stoppedMs)} had ${String(lostLease.refused)} results refused by its fence`);
  for (const point of silent) say(`SILENT  ${point}`);
  await healWithin(recovery);
  return lostLease;
}

/** @returns milliseconds until everything was quiet; `null`: that did not come about. */
async function calmDown({ crowd, parking, witness, history, shop }: Scene, say: (line: string) => void): Promise<number | null> {
  await crowd.stop();
  await parking.mend();
  say('nobody comes any more: waiting for quiet');
  return await quietWithin(witness, history, parking, () => askAgain(shop));
}

async function soldOrders(system: System): Promise<number> {
  await using sql = await openSql((await system.urls()).auditor);
  return await sql.number(`SELECT count(*) FROM orders.saga WHERE outcome = 'SOLD'`);
}

async function leftovers({ system, history, parking }: Scene): Promise<readonly string[]> {
  const open = unknown(history).length;
  return [
    ...(open > 0 ? [`${String(open)} purchases never found out what became of them`] : []),
    ...((await parking.isParked()) ? ['a key is still parked'] : []),
    ...system.processes.filter(({ name }) => system.pidOf(name) === undefined).map(({ name }) => `${name} does not run at the end`),
  ];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

function lineOf({ why, name, underWay, readyMs, diedAgain, recoveredMs }: Killed): string {
  const ready = `ready ${seconds(readyMs ?? 0).padStart(7)}${diedAgain === 0 ? '' : ` (died again ${String(diedAgain)} times)`}`;
  return `${why.padEnd(28)} ${name.padEnd(22)} ${ready}  ${String(underWay).padStart(3)} orders under way ended after ${seconds(recoveredMs ?? 0).padStart(7)}`;
}
