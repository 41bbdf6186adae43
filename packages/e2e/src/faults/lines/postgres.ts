import { setTimeout as pause } from 'node:timers/promises';
import { mustCome, servedAgain, settledBefore } from '../until.ts';
import type { Line, Stage } from '../stage.ts';

const servePatienceMs = 60_000;
const settlePatienceMs = 90_000;
const awayMs = 2_000;
const terminateEveryMs = 2_000;
/** Each of them writes in almost every step of an order. */
const narrowed = ['orders-api', 'orders-worker', 'products-worker', 'payments-worker'] as const;

/** PostgreSQL restarts, is stopped hard, loses all connections again and again, and may be spoken to on one connection only. */
export const f8: Line = {
  id: 'F8',
  title: 'PostgreSQL restarted, stopped hard, connections terminated, pool of one',
  needs: 'any',
  expects: 'told',
  async play(stage) {
    for (const how of ['fast', 'immediate'] as const) await restart(stage, how);
    await terminate(stage);
    if (!stage.quick) await narrow(stage);
  },
};

async function restart(stage: Stage, how: 'fast' | 'immediate'): Promise<void> {
  const { postgres, traffic } = stage;
  traffic.enter(`F8 ${how === 'fast' ? 'restarted' : 'stopped hard'}`);
  await pause(awayMs);
  await postgres.stop(how);
  await pause(awayMs);
  await postgres.start();
  await recovered(stage);
}

async function terminate(stage: Stage): Promise<void> {
  const { postgres, traffic, note, fail } = stage;
  traffic.enter('F8 connections terminated');
  let ended = 0;
  for (const until = performance.now() + (stage.quick ? 8_000 : 20_000); performance.now() < until; await pause(terminateEveryMs))
    ended += await postgres.terminateAll();
  note(`F8 connections terminated: ${String(ended)} of them`);
  if (ended < 50) fail(`F8: only ${String(ended)} connections were terminated`);
  await recovered(stage);
}

async function narrow(stage: Stage): Promise<void> {
  const { traffic, variables } = stage;
  traffic.enter('F8 pool of one');
  for (const name of narrowed) variables.set(name, { POOL_SIZE: '1' });
  await restartAll(stage);
  await pause(10_000);
  await recovered(stage);
  for (const name of narrowed) variables.delete(name);
  await restartAll(stage);
}

async function restartAll({ system, excused }: Stage): Promise<void> {
  await Promise.all(
    narrowed.map(async (name) => {
      excused.add(name);
      await system.stop(name);
      await system.start(name);
      excused.delete(name);
    }),
  );
}

async function recovered(stage: Stage): Promise<void> {
  const back = new Date();
  await mustCome(stage, 'checkouts are accepted again', servePatienceMs, servedAgain(stage));
  await mustCome(stage, 'what came before has settled', settlePatienceMs, () => settledBefore(stage, back));
}
