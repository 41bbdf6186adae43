import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@tally/testkit';
import type { PlacedProcess } from '@tally/distributed';
import { acceptedAt } from '../harness/good-client.ts';
import { seconds, type Stage } from './stage.ts';

/** Within which a process must have left (docs/reliability.md, shutdown). */
const drainMs = 25_000;
const acceptedAgainMs = 30_000;
/** How many buyers ask at the moment in which their gateway is told to stop. */
const burst = 8;
/** By then their requests have been read and are not answered yet. */
const burstLeadMs = 15;

/** Stops each process by SIGTERM and starts it again, one after the other, while buyers go on. */
export async function restartEach(stage: Stage): Promise<void> {
  const { system, timeline, load, audience, counts, pace, say, fail } = stage;
  timeline.enter('restarts');
  for (const { name, app } of inTurn(system.apps.processes)) {
    await counts.keep(name);
    if (app === 'gateway') load.burst(name === 'gateway' ? 0 : 1, burst);
    await pause(burstLeadMs);
    const [from, open, ends] = [performance.now(), load.open(), audience.tally.ends.length];
    timeline.away = { name, from };
    const stopped = await system.apps.stopOne(name);
    const goneAt = performance.now();
    await system.apps.startAgain(name);
    const until = performance.now();
    timeline.returned({ name, app, from, goneAt, until, code: stopped.code });
    timeline.away = null;
    const sentAway = audience.tally.ends.length - ends;
    say(
      `${name.padEnd(22)} ended with ${String(stopped.code ?? stopped.signal)} in ${seconds(stopped.drainMs)}, ready after ${seconds(until - goneAt)}; ` +
        `${String(open)} checkouts under way then, ${String(sentAway)} streams ended meanwhile`,
    );
    if (!stopped.asked || stopped.code !== 0) fail(`${name} ended with ${String(stopped.code ?? stopped.signal)}, not with 0 on SIGTERM`);
    if (stopped.drainMs > drainMs) fail(`${name} took ${seconds(stopped.drainMs)} to end`);
    const isAcceptedAgain = (): boolean => load.purchases.some((purchase) => (acceptedAt(purchase) ?? 0) > until);
    await eventually(isAcceptedAgain, { timeoutMs: acceptedAgainMs }).catch(() => {
      fail(`no order is accepted ${seconds(acceptedAgainMs)} after ${name} is back`);
    });
    await pause(pace.breathMs);
  }
}

/** The simulator, those that answer, those that work, and the gateways last. */
function inTurn(processes: readonly PlacedProcess[]): readonly PlacedProcess[] {
  const rank = ({ app, roles }: PlacedProcess): number =>
    app === 'payment-simulator' ? 0 : app === 'gateway' ? 3 : roles.includes('api') ? 1 : 2;
  return processes.toSorted((left, right) => rank(left) - rank(right));
}
