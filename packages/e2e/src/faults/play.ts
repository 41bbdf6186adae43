import { setTimeout as pause } from 'node:timers/promises';
import type { Counter } from './counter.ts';
import type { Theatre } from './open-stage.ts';
import type { Outcome } from './judge.ts';
import { watchReady } from './readiness.ts';
import type { Line } from './stage.ts';
import { startTraffic } from './traffic.ts';
import type { Witness } from '../harness/witness.ts';

const rates = { checkout: 2, catalogue: 2, cart: 1 } as const;
const calmMs = 6_000;
const quietPatienceMs = 60_000;
const progressMs = 10_000;

/** Plays one line while people come, waits for quiet, and audits. */
export async function play(line: Line, theatre: Theatre): Promise<Outcome> {
  const { system, counter, witness, say } = theatre;
  const startedAt = performance.now();
  const [faults, notes]: [string[], string[]] = [[], []];
  const unaskedBefore = system.unasked.length;
  const traffic = startTraffic(counter, rates);
  const readiness = watchReady(system.apps.processes, () => traffic.phase, theatre.excused);
  const progress = setInterval(() => say(`  … ${traffic.phase}, ${String(traffic.visits.length)} visits`), progressMs);
  try {
    await pause(calmMs);
    await line.play({
      ...theatre,
      traffic,
      fail: (fault) => void faults.push(fault),
      note(what) {
        notes.push(what);
        say(`  ${what}`);
      },
    });
  } catch (error) {
    faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  clearInterval(progress);
  await Promise.all([traffic.stop(), readiness.stop()]);
  const quietMs = await untilQuiet(witness, counter);
  return {
    id: line.id,
    expects: line.expects,
    visits: traffic.visits,
    unready: readiness.unready,
    faults,
    notes,
    quietMs,
    findings: await witness.audit(counter.history),
    unasked: system.unasked.slice(unaskedBefore),
    tookMs: performance.now() - startedAt,
  };
}

/**
 * Waits until every client knows its orders, none is under way and every event has been seen.
 *
 * @returns milliseconds; `null`: it did not come about in a minute.
 */
export async function untilQuiet(witness: Witness, counter: Pick<Counter, 'askAgain' | 'history'>): Promise<number | null> {
  const startedAt = performance.now();
  const left = (): number => quietPatienceMs - (performance.now() - startedAt);
  while (left() > 0) {
    const calm = (await counter.askAgain()) === 0 && (await witness.ordersUnderWay()) === 0;
    if (calm && (await witness.untilQuiet(counter.history, Math.max(1, left())))) return performance.now() - startedAt;
    await pause(300);
  }
  return null;
}
