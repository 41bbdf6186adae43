// npm run test:resume -- [--seed n] [--kills n]: kills the platform at seeded moments and at every crash point, starts it again, and audits what is left.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { toText } from '@tally/audit';
import type { CrashPoint } from '@tally/kernel';
import { gatherCrowd } from '../crash/crowd.ts';
import { tryInTurn } from '../crash/hand.ts';
import { createOrchestrator } from '../crash/orchestrator.ts';
import { openParking } from '../crash/parking.ts';
import { reachablePoints } from '../crash/points.ts';
import { queuesOf } from '../crash/queues.ts';
import { healWithin, quietWithin } from '../crash/quiet.ts';
import { watchRecovery } from '../crash/recovery.ts';
import { keepEvidence } from '../harness/evidence.ts';
import type { History } from '../harness/history.ts';
import { createRandom } from '@tally/kernel';
import { steady } from '../harness/rounds.ts';
import { openShopOn } from '../harness/shop-on.ts';
import { startOneProcess } from '../harness/one-process.ts';
import { createWitness } from '../harness/witness.ts';
import { askAgain } from '../harness/workload.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261121' },
    kills: { type: 'string', default: '40' },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
const underWayAtLeast = Math.ceil(kills * 0.75);
const enquiriesAtLeast = 5;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const failures: string[] = [];
const random = createRandom(seed);
const folder = await mkdtemp(join(tmpdir(), 'tally-resume-'));
const history: History = { purchases: [] };
const startedAt = performance.now();
say(
  `seed ${String(seed)}: ${String(kills)} kills at seeded moments, then ${String(reachablePoints.length)} crash points; logs in ${folder}`,
);

await using system = await startOneProcess({ folder, progress: say });
const name = 'tally';
const restarts: number[] = [];

/** Starts it again. @returns milliseconds until it was ready. */
async function begin(crash?: string): Promise<number> {
  const startedAt = performance.now();
  await system.start(name, crash);
  return performance.now() - startedAt;
}

await using owner = new AsyncDisposableStack();
const shop = await openShopOn(system, seed + 1, history, owner);
const witness = createWitness(system);

let underWay = 0;
for (let round = 1; round <= kills; round++) {
  const signal = round % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
  const stop = new AbortController();
  let first: () => void = () => undefined;
  const accepted = new Promise<void>((resolve) => {
    first = resolve;
  });
  const shopping = steady(shop, stop.signal, first);
  await Promise.race([accepted, pause(10_000)]);
  const moment = random.between(0, 600);
  await pause(moment);
  // SIGTERM takes PostgreSQL along, so that is counted before; SIGKILL leaves it, and what is under way stands still.
  const before = signal === 'SIGTERM' ? await witness.ordersUnderWay() : null;
  const end = signal === 'SIGTERM' ? await system.stop(name) : await system.kill(name);
  stop.abort();
  const open = before ?? (await witness.ordersUnderWay());
  if (open > 0) underWay++;
  if (signal === 'SIGTERM' && end !== 0) failures.push(`round ${String(round)}: SIGTERM ended with ${String(end)}, not 0`);
  await shopping;
  const backAfterMs = await begin();
  restarts.push(backAfterMs);
  await askAgain(shop);
  say(
    `  ${String(round).padStart(2)} ${signal} after ${String(moment).padStart(3)} ms  ${String(open).padStart(2)} orders under way  back in ${(backAfterMs / 1000).toFixed(1)} s`,
  );
}

const crowd = gatherCrowd(shop, system, witness);
const parking = openParking(shop, system, shop.variantIds[0] ?? '');
await using recovery = watchRecovery(witness, ({ why, underWay: open, recoveredMs }) => {
  say(`  ${why.padEnd(28)} ${String(open).padStart(3)} orders under way ended after ${((recoveredMs ?? 0) / 1000).toFixed(1)} s`);
});
const orchestrator = createOrchestrator(system, recovery, (_, what) => say(`  does not start at once: ${what.slice(0, 200)}`));
const silent: CrashPoint[] = [];
const { others } = queuesOf(system, reachablePoints, seed);
for (const aims of others) await tryInTurn(aims, { orchestrator, witness, parking, recovery, silent, breathMs: 0 });
failures.push(...system.unasked, ...silent.map((point) => `crash point ${point} never fired`), ...orchestrator.faults);
await healWithin(recovery);
await crowd.stop();
await parking.mend();

say('waiting for quiet');
if ((await quietWithin(witness, history, parking, () => askAgain(shop))) === null) failures.push('not quiet within a minute');
const findings = await witness.audit(history);
const enquiries = await witness.settledByEnquiry();
if (failures.length > 0) await keepEvidence(folder, system, history, findings);
await recovery[Symbol.asyncDispose]();
await system[Symbol.asyncDispose]();

say(`\n${toText(findings)}`);
for (const { id, checked, violations } of findings) {
  if (violations.length > 0) failures.push(`${id} is violated`);
  if (checked === 0) failures.push(`${id} looked at nothing`);
}
if (underWay < underWayAtLeast)
  failures.push(
    `only ${String(underWay)} of ${String(kills)} kills fell between acceptance and end of an order, at least ${String(underWayAtLeast)} must`,
  );
if (enquiries < enquiriesAtLeast)
  failures.push(`only ${String(enquiries)} orders recovered through an enquiry, at least ${String(enquiriesAtLeast)} must`);

const slowest = Math.max(...restarts) / 1000;
say(
  [
    `purchases ${String(history.purchases.length)}, of which orders ${String(history.purchases.filter(({ orderId }) => orderId !== null).length)}`,
    `kills with orders under way ${String(underWay)} of ${String(kills)}, crash points fired ${String(reachablePoints.length - silent.length)} of ${String(reachablePoints.length)}`,
    `orders settled by enquiry ${String(enquiries)}, slowest restart ${slowest.toFixed(1)} s, ${((performance.now() - startedAt) / 1000).toFixed(0)} s in all`,
  ].join('\n'),
);
if (failures.length === 0) say('resume: passed');
else say(`resume: FAILED with seed ${String(seed)}\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (failures.length === 0 && !values.keep) await rm(folder, { recursive: true, force: true });
process.exitCode = failures.length === 0 ? 0 : 1;
