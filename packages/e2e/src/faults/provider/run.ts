import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toText, type Finding } from '@tally/audit';
import { createSimulatorAdmin, type LedgerEntry } from '@tally/payment-simulator';
import { openSql, startFaultProxy } from '@tally/testkit';
import { keepEvidence } from '../../harness/evidence.ts';
import { startProcesses } from '../../harness/processes.ts';
import { processFor } from '../../harness/system.ts';
import { createWitness } from '../../harness/witness.ts';
import { openBoard } from '../board.ts';
import { openCounter } from '../counter.ts';
import { untilQuiet } from '../play.ts';
import { startTraffic, type Visit } from '../traffic.ts';
import { changesIn, watchBreaker, type Change } from './breaker.ts';
import { watchDoubts } from './doubts.ts';
import { tokensInUse } from './kinds.ts';
import { beDown, beSlow, type Outage } from './outages.ts';
import { tryAll, type Trial } from './trials.ts';

/** Calls at once that payments is allowed, enquiries not counted. */
const concurrency = 8;
/** Connections that it may have at most: a quarter more are for enquiries. */
export const mostSockets = concurrency + concurrency / 4;

const calmMs = 10_000;
const rates = { checkout: 2, catalogue: 2, cart: 2 } as const;

/** What the run came to. */
export interface Result {
  readonly trials: readonly Trial[];
  readonly outages: readonly Outage[];
  readonly visits: readonly Visit[];
  /** Connections to the provider at once over everything, the time of slowness apart. */
  readonly peak: number;
  readonly breaker: {
    readonly changes: readonly Change[];
    readonly counted: Readonly<Record<string, number>>;
    readonly said: ReadonlySet<string>;
    readonly faults: readonly string[];
  };
  readonly doubts: { readonly seen: number; readonly released: readonly string[] };
  readonly ledger: readonly LedgerEntry[];
  /** `null`: it did not come about. */
  readonly quietMs: number | null;
  readonly findings: readonly Finding[];
  readonly unasked: readonly string[];
}

/** Ordinary orders flow, and the provider fails in every way that it has. */
export async function run({ folder, seed, say }: { folder: string; seed: number; say: (line: string) => void }): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  let provider = 'http://127.0.0.1:9';
  const proxy = stack.use(await startFaultProxy(() => provider));
  const more = (name: string): Readonly<Record<string, string>> =>
    name.startsWith('payments-worker')
      ? { PAYMENT_SIMULATOR_URL: `http://127.0.0.1:${String(proxy.port)}`, PAYMENT_CONCURRENCY: String(concurrency) }
      : {};
  const system = stack.use(await startProcesses({ folder, progress: say, more }));
  provider = system.simulatorUrl;
  const admin = createSimulatorAdmin(system.simulatorUrl);
  const witness = createWitness(system);
  const sql = stack.use(await openSql(system.databaseUrls.auditor));
  const counter = stack.use(await openCounter(system, tokensInUse, seed));
  const board = stack.use(openBoard(sql));
  const worker = processFor(system.processes, 'payments', 'worker');
  const breaker = watchBreaker(worker);
  stack.defer(() => breaker.stop());
  const doubts = watchDoubts(sql);
  stack.defer(() => doubts.stop());
  const traffic = startTraffic(counter, rates);
  stack.defer(() => traffic.stop());
  const progress = setInterval(() => say(`… ${traffic.phase}, ${String(counter.history.purchases.length)} purchases`), 15_000);
  stack.defer(() => clearInterval(progress));

  say('calm');
  await pause(calmMs);
  traffic.enter('single failures');
  const trials = await tryAll({ counter, admin, board, say });
  const peak = proxy.peak;
  const surroundings = { traffic, admin, proxy, witness, say };
  const outages = [await beSlow(surroundings), await beDown(surroundings)];
  await traffic.stop();
  clearInterval(progress);
  say('nobody comes any more: waiting for quiet');
  const quietMs = await untilQuiet(witness, counter);
  await Promise.all([doubts.stop(), breaker.stop()]);
  const [ledger, findings, counted] = [await admin.ledger(), await witness.audit(counter.history), await breaker.counted()];
  say(`\n${toText(findings)}`);
  await keepEvidence(folder, system, { seed, trials, outages, visits: traffic.visits, ...counter.history }, findings);
  return {
    trials,
    outages,
    visits: traffic.visits,
    peak,
    breaker: { changes: await changesIn(join(folder, 'logs', `${worker.name}.log`)), counted, said: breaker.said, faults: breaker.faults },
    doubts: { seen: doubts.seen.size, released: [...doubts.released] },
    ledger,
    quietMs,
    findings,
    unasked: system.unasked,
  };
}
