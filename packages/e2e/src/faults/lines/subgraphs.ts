import { setTimeout as pause } from 'node:timers/promises';
import { mustCome, servedAgain } from '../until.ts';
import type { Route } from '../traffic.ts';
import type { Line, Stage } from '../stage.ts';

const awayMs = 6_000;
const patienceMs = 60_000;
/** Whom a route needs; everybody else may be away. */
const needs: Readonly<Record<Route, readonly string[]>> = { checkout: ['orders'], catalogue: ['products'], cart: ['orders'] };
const deadlineMs = 12_000;

/** What answers for a subgraph is killed, one after the other. */
export const f16: Line = {
  id: 'F16',
  title: 'each subgraph down in turn',
  needs: 'any',
  expects: 'told',
  async play(stage) {
    for (const app of ['products', 'orders', 'payments', 'users', 'notifications']) await down(stage, app);
  },
};

async function down(stage: Stage, app: string): Promise<void> {
  const { system, traffic, excused, fail } = stage;
  const name = `${app}-api`;
  excused.add(name);
  await system.kill(name);
  const phase = `F16 ${app} down`;
  traffic.enter(phase);
  await pause(awayMs);
  traffic.enter(`F16 ${app} back`);
  await system.start(name);
  excused.delete(name);
  await mustCome(stage, 'checkouts are accepted again', patienceMs, servedAgain(stage));
  for (const { route, failure, latencyMs } of traffic.visits.filter((visit) => visit.phase === phase)) {
    if (failure !== null && !needs[route].includes(app)) fail(`${phase}: ${route} fails too: ${failure}`);
    if (latencyMs > deadlineMs) fail(`${phase}: ${route} was answered after ${latencyMs.toFixed(0)} ms`);
  }
}
